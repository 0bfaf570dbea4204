import { expect } from 'chai';
import { markerKey } from '../../../db/matchmaking/pool/keys.ts';
import {
  countIndexed,
  enqueueRequest,
  forgetPool,
  knownPools,
  rememberPools,
  removeRequest,
} from '../../../db/matchmaking/pool/waiting-index.ts';
import { cancelRequests } from '../../../db/matchmaking/requests/end-requests.ts';
import { newId } from '../../../ids.ts';
import { avoidPair } from '../../../workers/matchmaking/pool/avoid-pair.ts';
import { matchSweep, sweepPool } from '../../../workers/matchmaking/pool/match-sweep.ts';
import {
  reconcileIndex,
  reconcileSweep,
} from '../../../workers/matchmaking/pool/reconcile-index.ts';
import { useServices } from '../../support/services.ts';
import {
  addUsers,
  asks,
  hot,
  join,
  joinIndexed,
  learnsEnglish,
  learnsSpanish,
  recordedContext,
} from '../fixtures.ts';
import { claimAll, claimTwo, clear, create, joinTwo, leave, matchTwo, step } from '../matches.ts';
import { spanish } from './crowds.ts';

describe('matchmaking: the index is made equal to the table', () => {
  const t = useServices();
  beforeEach(() => clear(t));

  const recorded = () => recordedContext(t, t.config());
  const sweep = async () => {
    const run = recorded();
    await reconcileSweep({}, run.context);
    return run;
  };
  const walk = async () => {
    const run = recorded();
    await matchSweep({}, run.context);
    for (const { payload } of run.enqueued.splice(0))
      await sweepPool({ pool: String(payload['pool']) }, run.context);
    return run;
  };
  const names = ({ enqueued }: { enqueued: { name: string }[] }) =>
    enqueued.map(({ name }) => name);

  it('brings everyone back after a FLUSHALL, matched in the order of joining', async () => {
    const people = await addUsers(t.db, 12);
    for (const [at, id] of people.entries())
      await joinIndexed(t, id, at % 2 === 0 ? learnsEnglish : learnsSpanish);
    await t.redis.flushdb();
    const run = await sweep();
    expect(run.reports).to.deep.equal(['12 entries repaired']);
    expect(names(run)).to.include('matchmaking.match-pass');
    const pairs = (await claimAll(t)).flatMap(({ first, second }) => [first.userId, second.userId]);
    expect(pairs).to.deep.equal(people);
    expect((await sweep()).reports).to.deep.equal(['0 entries repaired']);
  });

  it('knows after a FLUSHALL too who must not meet', async () => {
    const { ana, bob } = await joinTwo(t);
    await t.db('blocks').insert({ user_id: bob, blocked_id: ana });
    await t.redis.flushdb();
    await sweep();
    expect(await claimAll(t, { walk: true })).to.deep.equal([]);
    expect(await countIndexed(t.redis, 'default')).to.equal(2);
  });

  it('goes through more people than one page holds, in every pool', async () => {
    const people = await addUsers(t.db, 1_300);
    await t.db('match_requests').insert(
      people.map((user_id, at) => ({
        id: t.db.raw('gen_random_uuid()'),
        pool: at < 1_200 ? 'default' : `pool-${at % 3}`,
        user_id,
        native: ['es'],
        practice: ['en'],
        state: 'waiting',
        joined_at: t.db.raw('now()'),
        expires_at: t.db.raw("now() + '5 min'::interval"),
      })),
    );
    await t.redis.flushdb();
    expect((await sweep()).reports).to.deep.equal(['1300 entries repaired']);
    const counts = ['default', 'pool-0', 'pool-1', 'pool-2'].map((p) => countIndexed(t.redis, p));
    expect((await Promise.all(counts)).reduce((a, b) => a + b)).to.equal(1_300);
  });

  it('takes ghosts out: entries whose request ended, or never was', async () => {
    const { ana, bobs } = await joinTwo(t);
    await hot(t, (trx) => cancelRequests(trx, [ana], 'left_queue'));
    await enqueueRequest(t.redis, spanish(1), [newId()]);
    expect((await sweep()).reports).to.deep.equal(['2 entries repaired']);
    expect(await t.redis.zrange('{mm:default}:waiting', '0', '-1')).to.deep.equal([bobs.id]);
    expect(await t.redis.keys('{mm:default}:[ar]:*')).to.deep.equal([`{mm:default}:r:${bobs.id}`]);
  });

  it('clears a pool in which nobody waits any more', async () => {
    await enqueueRequest(t.redis, spanish(1, { pool: 'old' }), []);
    await rememberPools(t.redis, ['old']);
    await sweep();
    expect(await countIndexed(t.redis, 'old')).to.equal(0);
  });

  it('leaves held people to their claim', async () => {
    const { claim, ana } = await claimTwo(t);
    expect((await sweep()).reports).to.deep.equal(['0 entries repaired']);
    expect(await claimAll(t, { walk: true })).to.deep.equal([]);
    await create(t, [claim]);
    const rows = await t.db('session_participants').where({ user_id: ana });
    expect(rows).to.have.length(1);
  });

  it('puts a newer version in place of the one that the index knows', async () => {
    const { bob, anas, sessionId } = await matchTwo(t);
    // The entry is still of the first version, as if the index had missed the release and the put-back.
    await enqueueRequest(t.redis, anas, []);
    await step(t, sessionId, leave(bob));
    expect((await sweep()).reports).to.deep.equal(['1 entries repaired']);
    const [cal = ''] = await addUsers(t.db, 1);
    await joinIndexed(t, cal, learnsSpanish);
    const [claim] = await claimAll(t);
    expect(claim?.first).to.deep.include({ requestId: anas.id, version: 3 });
  });

  it('repairs one pool when asked for one', async () => {
    const [ana = '', bob = ''] = await addUsers(t.db, 2);
    await join(t.db, ana, learnsEnglish);
    await join(t.db, bob, asks(['es'], ['en'], 'other'));
    await reconcileIndex({ pool: 'other' }, recorded().context);
    expect(await countIndexed(t.redis, 'default')).to.equal(0);
    expect(await countIndexed(t.redis, 'other')).to.equal(1);
    expect(await t.redis.exists(markerKey('other'))).to.equal(1);
    await reconcileIndex({}, recorded().context);
    expect(await countIndexed(t.redis, 'default')).to.equal(1);
  });

  it('agrees with joins, matches and cancels that go on meanwhile', async () => {
    for (let round = 0; round < 4; round += 1) {
      await clear(t);
      const people = await addUsers(t.db, 24);
      await Promise.all([
        ...people.map((id, at) => joinIndexed(t, id, at % 2 ? learnsEnglish : learnsSpanish)),
        sweep(),
        sweep(),
      ]);
      const claims = await claimAll(t);
      await Promise.all([
        ...claims.map((claim) => create(t, [claim])),
        sweep(),
        hot(t, (trx) => cancelRequests(trx, people.slice(0, 4), 'left_queue')),
        sweep(),
      ]);
      await sweep();
      const waiting = await t.db('match_requests').where({ state: 'waiting' }).pluck('id');
      const indexed = await t.redis.zrange('{mm:default}:waiting', '0', '-1');
      expect([...indexed].sort()).to.deep.equal([...waiting].sort());
    }
  });

  it('walks every pool in which somebody waits, woken by nobody', async () => {
    const [one, other] = [await joinTwo(t), await joinTwo(t, 'other')];
    await t.redis.del('{mm:default}:fresh', '{mm:other}:fresh');
    const found = ({ pushed }: Awaited<ReturnType<typeof walk>>) =>
      pushed.filter(({ event }) => event === 'match:found').map(({ to }) => to);
    expect(found(await walk())).to.have.members([one.ana, one.bob, other.ana, other.bob]);
    expect(found(await walk())).to.deep.equal([]);
  });

  it('asks for the reconciler, and claims nobody, while the marker is missing', async () => {
    await joinTwo(t);
    await t.redis.del(markerKey('default'));
    const { enqueued } = await walk();
    expect(enqueued.map(({ name, payload }) => [name, payload])).to.deep.equal([
      ['matchmaking.reconcile-index', { pool: 'default' }],
    ]);
    await sweep();
    const { pushed } = await walk();
    expect(pushed.filter(({ event }) => event === 'match:found')).to.have.length(2);
  });

  it('keeps the marker of a pool that is used again after it was forgotten', async () => {
    const marker = markerKey('default');
    const { anas, bobs } = await joinTwo(t);
    for (const row of [anas, bobs]) await removeRequest(t.redis, row);
    await rememberPools(t.redis, ['default']);
    await forgetPool(t.redis, 'default');
    expect(await knownPools(t.redis)).to.deep.equal([]);
    expect(await t.redis.ttl(marker)).to.be.within(3_500, 3_600);
    await enqueueRequest(t.redis, anas, []);
    expect(await t.redis.ttl(marker)).to.equal(-1);
    // Somebody joined after the pool was found empty: neither the marker nor the name goes.
    await forgetPool(t.redis, 'default');
    expect(await t.redis.ttl(marker)).to.equal(-1);
    expect(await knownPools(t.redis)).to.deep.equal(['default']);
  });

  it("puts two who wait on each other's list as soon as one blocks the other", async () => {
    const { ana, bob } = await joinTwo(t);
    await avoidPair({ userId: bob, otherId: ana }, recorded().context);
    expect(await claimAll(t, { walk: true })).to.deep.equal([]);
    const [eva = ''] = await addUsers(t.db, 1);
    await joinIndexed(t, eva, learnsEnglish);
    const [claim] = await claimAll(t);
    expect([claim?.first.userId, claim?.second.userId]).to.deep.equal([bob, eva]);
  });
});
