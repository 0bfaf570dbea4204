import { expect } from 'chai';
import type { Knex } from 'knex';
import { type Db, openDb } from '../../db/knex.ts';
import { useServices } from '../support/services.ts';
import { waitFor } from '../support/wait-for.ts';
import { counterBatch, counterValue, createCounters, keyed, type Raise } from './counters.ts';
import { countWrites } from './socket-writes.ts';

const codeOf = (error: { code?: string; message: string }) => `! ${error.code ?? error.message}`;
const trace = { requestId: 'r' };

describe('command batch', () => {
  const t = useServices();
  let holder: Knex.Transaction | undefined;

  beforeEach(async () => {
    await createCounters(t.db, ['a', 'b', 'c', 'd', 'e']);
    await t.db('idempotency_answers').delete();
  });
  afterEach(() => holder?.rollback());

  const lockRow = async (id: string) => {
    holder = await t.db.transaction();
    await holder.raw('select 1 from tallies where id = ? for update', [id]);
    return holder;
  };
  const raised = (batch: ReturnType<typeof counterBatch>['batch'], input: Raise) =>
    batch.submit(input, trace).then(({ value }) => value, codeOf);
  const isWaiting = async (db: Db) => {
    const { rows } = await db.raw('select 1 from pg_locks where not granted');
    return rows.length;
  };

  it('writes many people in one hot transaction of two writes, keys included', async () => {
    const db = openDb({ DATABASE_URL: t.databaseUrl, DB_POOL_MIN: 0, DB_POOL_MAX: 1 });
    try {
      const { batch } = counterBatch(db);
      const round = (name: string) =>
        Promise.all(
          ['a', 'b', 'c'].map((id) =>
            batch.answer({ id, by: 1 }, { ...trace, key: keyed(id + name) }),
          ),
        );
      await round('first'); // parses the statements
      expect(await countWrites(db, () => round('second'))).to.equal(2);
      expect(await counterValue(t.db, 'c')).to.equal(2);
    } finally {
      await db.destroy();
    }
  });

  it('decides each alone, and gives effects of what was done with their request ids', async () => {
    const { batch, applied } = counterBatch(t.db, { awaitsEffects: true });
    const said = await Promise.all([
      batch.submit({ id: 'a', by: 1 }, { requestId: '1' }).then(({ value }) => value),
      raised(batch, { id: 'nobody', by: 1 }),
      raised(batch, { id: 'b', by: 1, end: 'conflict' }),
      batch.submit({ id: 'a', by: 2 }, { requestId: '2' }).then(({ value }) => value),
    ]);
    expect(said).to.deep.equal([1, '! user.not_found', '! match.already_waiting', 3]);
    expect(applied.map(({ id }) => id)).to.deep.equal(['a', 'a']);
    expect(await counterValue(t.db, 'a')).to.equal(3);
  });

  it('fails a poisoned item alone', async () => {
    for (const end of ['unencodable', 'overflow'] as const) {
      const { batch } = counterBatch(t.db);
      const said = await Promise.all([
        raised(batch, { id: 'a', by: 1 }),
        raised(batch, { id: 'b', by: 1, end }),
        raised(batch, { id: 'c', by: 1 }),
      ]);
      expect([said[0], said[2]]).to.deep.equal(end === 'overflow' ? [2, 2] : [1, 1]);
      expect(said[1]).to.match(/^! /);
    }
  });

  it('answers a committed command with success when its effects fail', async () => {
    const { batch, failures } = counterBatch(t.db, {
      awaitsEffects: true,
      applyEffects: () => {
        throw new Error('redis is unavailable');
      },
    });
    expect(await raised(batch, { id: 'a', by: 1 })).to.equal(1);
    expect(failures).to.have.length(1);
  });

  it('answers others at once while one row is locked, and that one when the lock goes', async () => {
    const held = await lockRow('a');
    const { batch } = counterBatch(t.db);
    const answered: string[] = [];
    const ask = async (id: string, by: number) => {
      const value = await raised(batch, { id, by });
      answered.push(`${id}${value}`);
    };
    const locked = [ask('a', 1), ask('a', 10)];
    await Promise.all([ask('b', 1), ask('c', 1)]);
    await waitFor(() => isWaiting(t.db));
    const later = ask('a', 100);
    await ask('b', 1);
    expect(answered.filter((one) => one.startsWith('a'))).to.deep.equal([]);
    await held.rollback();
    await Promise.all([...locked, later]);
    expect(answered.filter((one) => one.startsWith('a'))).to.deep.equal(['a1', 'a11', 'a111']);
    await batch.drain();
  });

  it('writes the others of its batch in one commit: a locked row is left out, not run into', async () => {
    await lockRow('a');
    const commits: string[][] = [];
    const { batch } = counterBatch(t.db, {
      budgetMs: 2_000,
      awaitsEffects: true,
      applyEffects: async (effects) => void commits.push(effects.map(({ id }) => id)),
    });
    const locked = raised(batch, { id: 'a', by: 1 });
    await Promise.all(['b', 'c', 'd'].map((id) => raised(batch, { id, by: 1 })));
    expect(commits).to.deep.equal([['b', 'c', 'd']]);
    await holder?.rollback();
    expect(await locked).to.equal(1);
  });

  it('gives an item that waited to its deadline a typed error, and writes nothing of it', async () => {
    const held = await lockRow('a');
    const { batch } = counterBatch(t.db, { budgetMs: 150 });
    const said = await Promise.all([
      raised(batch, { id: 'a', by: 1 }),
      raised(batch, { id: 'a', by: 1 }),
      raised(batch, { id: 'b', by: 1 }),
    ]);
    expect(said).to.deep.equal(['! service.unavailable', '! service.unavailable', 1]);
    await held.rollback();
    await batch.drain();
    expect(await counterValue(t.db, 'a')).to.equal(0);
    expect(await raised(batch, { id: 'a', by: 1 })).to.equal(1);
  });

  describe('idempotency keys', () => {
    const send = (
      batch: ReturnType<typeof counterBatch>['batch'],
      input: Raise,
      key = keyed('k'),
      requestId = 'r',
    ) => batch.answer(input, { requestId, key });

    it('replays the first answer to the byte, and runs nothing', async () => {
      const { batch, applied } = counterBatch(t.db, { awaitsEffects: true });
      const first = await send(batch, { id: 'a', by: 1 }, keyed('k'), 'one');
      const again = await send(batch, { id: 'a', by: 1 }, keyed('k'), 'two');
      expect([first.replayed, again.replayed]).to.deep.equal([false, true]);
      expect([again.status, again.text]).to.deep.equal([201, first.text]);
      expect(await counterValue(t.db, 'a')).to.equal(1);
      expect(applied).to.have.length(1);
    });

    it('keeps the 409 of a domain, and no other error', async () => {
      const { batch } = counterBatch(t.db);
      const first = await send(batch, { id: 'a', by: 1, end: 'conflict' });
      const again = await send(batch, { id: 'a', by: 1 });
      expect(first).to.include({ status: 409, replayed: false });
      expect(again).to.deep.equal({ ...first, replayed: true });
      const missing = await send(batch, { id: 'a', by: 1, end: 'missing' }, keyed('other')).catch(
        codeOf,
      );
      expect(missing).to.equal('! user.not_found');
      expect(await send(batch, { id: 'a', by: 1 }, keyed('other'))).to.include({ status: 201 });
    });

    it('refuses a key with another request, in another batch and in the same one', async () => {
      const { batch } = counterBatch(t.db);
      const said = await Promise.all([
        send(batch, { id: 'a', by: 1 }, keyed('k', 'one')).then(({ status }) => status),
        send(batch, { id: 'b', by: 1 }, keyed('k', 'two')).catch(codeOf),
      ]);
      expect(said).to.deep.equal([201, '! idempotency.mismatch']);
      expect(await counterValue(t.db, 'b')).to.equal(0);
      // Another person's key of the same name is another key.
      const other = await send(batch, { id: 'b', by: 1 }, keyed('k', 'two', 'user:2'));
      expect(other.replayed).to.equal(false);
    });

    it('runs equal requests at once one time, over several processes', async () => {
      const batches = [counterBatch(t.db), counterBatch(t.db), counterBatch(t.db)];
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, at) =>
          send(batches[at % 3]?.batch as (typeof batches)[0]['batch'], { id: 'a', by: 1 }),
        ),
      );
      expect(new Set(answers.map(({ text }) => text)).size).to.equal(1);
      expect(answers.filter(({ replayed }) => !replayed)).to.have.length(1);
      expect(await counterValue(t.db, 'a')).to.equal(1);
    });

    it('does not make a batch wait for a key in flight, and answers that item when it is free', async () => {
      const other = await t.db.transaction();
      holder = other;
      await other.raw(
        `select pg_advisory_xact_lock(('x' || encode(substr(sha256(?), 1, 8), 'hex'))::bit(64)::bigint)`,
        [Buffer.from('user:1\nk')],
      );
      const { batch } = counterBatch(t.db);
      let isAnswered = false;
      const waiting = send(batch, { id: 'a', by: 1 }).finally(() => {
        isAnswered = true;
      });
      await send(batch, { id: 'b', by: 1 }, keyed('free'));
      // The same person's other command does not wait for that key either.
      await raised(batch, { id: 'a', by: 1 });
      expect(isAnswered).to.equal(false);
      await other.rollback();
      expect(await waiting).to.include({ status: 201, replayed: false });
      expect(await counterValue(t.db, 'a')).to.equal(2);
    });

    it('says that the first request is still worked on when its key is not free in time', async () => {
      const other = await t.db.transaction();
      holder = other;
      await other.raw(
        `select pg_advisory_xact_lock(('x' || encode(substr(sha256(?), 1, 8), 'hex'))::bit(64)::bigint)`,
        [Buffer.from('user:1\nk')],
      );
      const { batch } = counterBatch(t.db, { budgetMs: 400 });
      expect(await send(batch, { id: 'a', by: 1 }).catch(codeOf)).to.equal('! operation.pending');
    });

    it('never deadlocks on keys and rows in opposite orders', async () => {
      const ids = ['a', 'b', 'c', 'd', 'e'];
      const rounds = 12;
      const work = [counterBatch(t.db), counterBatch(t.db)].map(async ({ batch }, side) => {
        for (let round = 0; round < rounds; round += 1) {
          const order = side === 0 ? ids : [...ids].reverse();
          await Promise.all(order.map((id) => send(batch, { id, by: 1 }, keyed(`${id}${round}`))));
        }
      });
      await Promise.all(work);
      for (const id of ids) expect(await counterValue(t.db, id), id).to.equal(rounds);
    });

    it('keeps no answer of what was not committed', async () => {
      const { batch } = counterBatch(t.db);
      const error = await send(batch, { id: 'a', by: 1, end: 'overflow' }).catch(codeOf);
      expect(error).to.equal('! 22003');
      expect(await send(batch, { id: 'a', by: 1 })).to.include({ status: 201, replayed: false });
    });

    it('replays what the release before this one has stored, and nothing older than a day', async () => {
      const old = { scope: 'user:1', request_hash: Buffer.from(''), status: 201 };
      await t.db('idempotency_keys').insert([
        { ...old, key: 'k', body: JSON.stringify('{"old":1}') },
        { ...old, key: 'o', body: null, created_at: t.db.raw(`now() - interval '25 hours'`) },
      ]);
      const { batch } = counterBatch(t.db);
      const replay = await send(batch, { id: 'a', by: 1 });
      expect(replay).to.deep.equal({ status: 201, text: '{"old":1}', replayed: true });
      expect(await send(batch, { id: 'a', by: 1 }, keyed('o'))).to.include({ replayed: false });
      await t.db.raw(
        `update idempotency_answers set created_at = created_at - interval '25 hours'`,
      );
      expect(await send(batch, { id: 'a', by: 1 }, keyed('o'))).to.include({ replayed: false });
    });
  });
});
