import { expect } from 'chai';
import { FoyerError } from '../../contract/errors.ts';
import { type Db, openDb } from '../../db/knex.ts';
import { type HotTrx, hotTransaction } from '../../db/write/hot-transaction.ts';
import { defineStatement, type Write } from '../../db/write/statement.ts';
import { useServices } from '../support/services.ts';
import { counterValue, createCounters } from './counters.ts';
import { countWrites } from './socket-writes.ts';

const readValue = defineStatement<{ value: number }>('select value from tallies where id = $1');
const lockValue = defineStatement<{ value: number }>(
  'select value from tallies where id = $1 for update',
);
const add = defineStatement<{ value: number }>(
  'update tallies set value = value + $2 where id = $1 returning value',
);
const addJson = defineStatement(
  `update tallies set value = value + ($2::jsonb ->> 'by')::int where id = $1`,
);
const insert = defineStatement('insert into tallies (id, value) values ($1, 0)');
const own = defineStatement<{ pid: number }>('select pg_backend_pid() as pid');
const setting = defineStatement<{ value: string }>(
  `select current_setting('lock_timeout') as value`,
);
const pointAt = defineStatement('insert into pointers (id, to_id) values ($1, $2)');
const anArray = defineStatement<{ items: string[] }>('select $1::text[] as items');

const adding = (id: string, by: unknown): Write => ({ statement: add, values: [id, by] });
const caught = (work: Promise<unknown>): Promise<Error & { code?: string }> =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error) => error,
  );

describe('hot transaction', () => {
  const t = useServices();
  /** One connection, so that the next transaction shows in what state it was left. */
  let db: Db;

  before(async () => {
    db = openDb(
      { DATABASE_URL: t.databaseUrl, DB_POOL_MIN: 0, DB_POOL_MAX: 1 },
      { acquireMs: 15_000 },
    );
    await createCounters(t.db, []);
    await t.db.raw(
      `create table pointers (id text primary key, to_id text not null
         references tallies (id) deferrable initially deferred)`,
    );
  });
  beforeEach(() => createCounters(t.db, ['a', 'b']));
  after(() => db.destroy());

  const isClean = async () => {
    const [row] = await hotTransaction(db, (trx) => trx.read(readValue, ['a']));
    expect(row).to.deep.equal({ value: 0 });
    expect(await counterValue(t.db, 'a')).to.equal(0);
  };

  it('commits with its last writes and gives their rows', async () => {
    const rows = await hotTransaction(db, async (trx) => {
      const [row] = await trx.read(readValue, ['a']);
      return trx.commitWith([adding('a', (row?.value ?? 0) + 1), adding('b', 5)]);
    });
    expect(rows).to.deep.equal([[{ value: 1 }], [{ value: 5 }]]);
    expect([await counterValue(t.db, 'a'), await counterValue(t.db, 'b')]).to.deep.equal([1, 5]);
  });

  it('writes to its socket twice, whatever the number of statements', async () => {
    const work = async (trx: HotTrx) => {
      await Promise.all([
        trx.read(lockValue, ['a']),
        trx.read(lockValue, ['b']),
        trx.read(readValue, ['a']),
      ]);
      return trx.commitWith([adding('a', 1), adding('b', 1), adding('a', 1)]);
    };
    await hotTransaction(db, work); // parses the statements
    expect(await countWrites(db, () => hotTransaction(db, work))).to.equal(2);
  });

  it('rolls back what is not committed', async () => {
    await hotTransaction(db, (trx) => trx.read(add, ['a', 1]));
    await isClean();
  });

  it('rolls back when the work fails', async () => {
    const error = await caught(
      hotTransaction(db, async (trx) => {
        await trx.read(add, ['a', 1]);
        throw new Error('no');
      }),
    );
    expect(error.message).to.equal('no');
    await isClean();
  });

  it('does not call a failed transaction committed, and gives the first error', async () => {
    const error = await caught(
      hotTransaction(db, (trx) =>
        trx.commitWith([
          adding('a', 1),
          { statement: insert, values: ['b'] },
          { statement: insert, values: ['c'] },
        ]),
      ),
    );
    expect(error.code).to.equal('23505');
    await isClean();
  });

  it('does not commit when the work ignores a failed read', async () => {
    const error = await caught(
      hotTransaction(db, async (trx) => {
        await trx.read(insert, ['b']).catch(() => {});
        return trx.commitWith([adding('a', 1)]);
      }),
    );
    expect(error.code).to.equal('23505');
    await isClean();
  });

  it('takes only the word COMMIT for success: a failed transaction answers ROLLBACK', async () => {
    const error = await caught(
      hotTransaction(db, async (trx) => {
        await trx.read(insert, ['b']).catch(() => {});
        return trx.commitWith([]);
      }),
    );
    expect(error.code).to.equal('23505');
    await isClean();
  });

  it('fails when the work hides that the commit failed', async () => {
    const error = await caught(
      hotTransaction(db, (trx) =>
        trx.commitWith([{ statement: insert, values: ['a'] }]).catch(() => []),
      ),
    );
    expect(error.code).to.equal('23505');
    await isClean();
  });

  it('fails when COMMIT itself is refused', async () => {
    const error = await caught(
      hotTransaction(db, (trx) =>
        trx.commitWith([adding('a', 1), { statement: pointAt, values: ['x', 'nowhere'] }]),
      ),
    );
    expect(error.code).to.equal('23503');
    await isClean();
  });

  it('sends nothing when a value of the last write cannot be encoded', async () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    for (const value of [cycle, () => {}, new Date(Number.NaN)]) {
      const error = await caught(
        hotTransaction(db, (trx) =>
          trx.commitWith([adding('a', 1), { statement: addJson, values: ['a', value] }]),
        ),
      );
      expect(error.name).to.be.oneOf(['TypeError', 'RangeError']);
      await isClean();
    }
  });

  it('does not report as rolled back what the work broke behind its commit', async () => {
    const error = await caught(
      hotTransaction(db, async (trx) => {
        await trx.commitWith([adding('a', 1)]);
        throw new Error('too late');
      }),
    );
    expect(error).to.be.instanceof(FoyerError).and.include({ code: 'internal.error' });
    expect(await counterValue(t.db, 'a')).to.equal(1);
  });

  it('refuses statements behind its commit, and a transaction inside a transaction', async () => {
    const behind = hotTransaction(db, async (trx) => {
      const end = trx.commitWith([adding('a', 1)]);
      await caught(trx.read(readValue, ['a']));
      await caught(trx.commitWith([]));
      await end;
    });
    await behind;
    await t.db.transaction(async (trx) => {
      const error = await caught(hotTransaction(trx, (hot) => hot.commitWith([])));
      expect(error).to.be.instanceof(TypeError);
    });
  });

  it('waits for a lock only as long as it may, and leaves no setting behind', async () => {
    await t.db.transaction(async (holder) => {
      await holder.raw(`select 1 from tallies where id = 'a' for update`);
      const work = hotTransaction(db, (trx) => trx.read(lockValue, ['a']), { lockTimeoutMs: 30 });
      expect((await caught(work)).code).to.equal('55P03');
    });
    const seen = await hotTransaction(db, (trx) => trx.read(setting, []), { lockTimeoutMs: 1_234 });
    expect(seen).to.deep.equal([{ value: '1234ms' }]);
    const { rows } = await db.raw(`select current_setting('lock_timeout') as value`);
    expect(rows).to.deep.equal([{ value: '0' }]);
    await isClean();
  });

  it('keeps its connection after an error, and parses nothing twice', async () => {
    const pids = new Set<number>();
    for (let round = 0; round < 3; round += 1) {
      const [row] = await hotTransaction(db, (trx) => trx.read(own, []));
      pids.add(row?.pid ?? 0);
      await caught(hotTransaction(db, (trx) => trx.read(insert, ['a'])));
    }
    expect(pids.size).to.equal(1);
    await isClean();
  });

  it('carries lists, quotes, backslashes, bytes and nothing as they are', async () => {
    const items = [
      'plain',
      'quo"te',
      'back\\slash',
      '{brace}',
      'com,ma',
      '',
      'NULL',
      "it's",
      'ü\n',
    ];
    const [row] = await hotTransaction(db, (trx) => trx.read(anArray, [items]));
    expect(row?.items).to.deep.equal(items);
    const [empty] = await hotTransaction(db, (trx) => trx.read(anArray, [[null, undefined]]));
    expect(empty?.items).to.deep.equal([null, null]);
    const bytes = defineStatement<{ hex: string }>(`select encode(($1::bytea[])[1], 'hex') as hex`);
    const [hex] = await hotTransaction(db, (trx) =>
      trx.read(bytes, [[Buffer.from('00ff5c', 'hex')]]),
    );
    expect(hex).to.deep.equal({ hex: '00ff5c' });
  });
});
