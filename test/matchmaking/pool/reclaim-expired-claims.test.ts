import { expect } from 'chai';
import { countClaims } from '../../../db/matchmaking/pool/claims.ts';
import { countIndexed, knownPools } from '../../../db/matchmaking/pool/waiting-index.ts';
import { cancelRequests } from '../../../db/matchmaking/requests/end-requests.ts';
import { createSessions } from '../../../db/matchmaking/sessions/create-sessions.ts';
import { transitionSessions } from '../../../db/matchmaking/sessions/transition-sessions.ts';
import { indexRequests } from '../../../effects/matchmaking/index-requests.ts';
import { reclaimExpiredClaims } from '../../../workers/matchmaking/pool/reclaim-expired-claims.ts';
import { reconcile } from '../../../workers/matchmaking/pool/reconcile-index.ts';
import { useServices } from '../../support/services.ts';
import {
  addUsers,
  hot,
  join,
  joinIndexed,
  learnsEnglish,
  learnsSpanish,
  recordedContext,
  TTL,
} from '../fixtures.ts';
import { claimAll, claimTwo, clear, connected, leave, step } from '../matches.ts';

describe('matchmaking: expired claims', () => {
  const t = useServices();
  beforeEach(() => clear(t));

  const OUT = { leaseMs: -1 };
  const sweep = async () => {
    const recorded = recordedContext(t, t.config());
    await reclaimExpiredClaims({}, recorded.context);
    return recorded;
  };
  const commit = (claim: Awaited<ReturnType<typeof claimTwo>>['claim']) =>
    hot(t, (trx) => createSessions(trx, 'default', [claim], 30));

  it('give both their places back when the worker died before its job', async () => {
    const { anas, bobs, claim } = await claimTwo(t, OUT);
    const [eva = '', cal = ''] = await addUsers(t.db, 2);
    await joinIndexed(t, eva, learnsEnglish);
    await joinIndexed(t, cal, learnsSpanish);
    const { reports, enqueued, pushed } = await sweep();
    expect(reports).to.deep.equal(['1 claims reclaimed']);
    expect(enqueued.map(({ name }) => name)).to.deep.equal(['matchmaking.match-pass']);
    expect(pushed).to.deep.equal([]);
    expect(await countClaims(t.redis, 'default')).to.equal(0);
    const pairs = (await claimAll(t)).map(({ first, second, sessionId }) => {
      expect(sessionId).to.not.equal(claim.sessionId);
      return [first.userId, second.userId];
    });
    expect(pairs).to.deep.equal([
      [anas.user_id, bobs.user_id],
      [eva, cal],
    ]);
  });

  it('stay as long as their time runs', async () => {
    await claimTwo(t, { leaseMs: 30_000 });
    expect((await sweep()).reports).to.deep.equal(['0 claims reclaimed']);
    expect(await countClaims(t.redis, 'default')).to.equal(1);
  });

  it('say that a partner was found when the worker died after its commit', async () => {
    const { ana, bob, claim } = await claimTwo(t, OUT);
    await commit(claim);
    const { pushed } = await sweep();
    expect(pushed.map(({ event, to }) => [event, to])).to.have.deep.members([
      ['match:found', ana],
      ['match:found', bob],
    ]);
    expect(pushed[0]?.payload).to.include({ id: claim.sessionId, version: 1 });
    expect(await countClaims(t.redis, 'default')).to.equal(0);
    expect(await countIndexed(t.redis, 'default')).to.equal(0);
    expect(await claimAll(t, { walk: true })).to.deep.equal([]);
    expect((await sweep()).pushed).to.deep.equal([]);
  });

  it('push nothing about a session that has moved on, and end its claim', async () => {
    const { ana, claim } = await claimTwo(t, OUT);
    await commit(claim);
    await step(t, claim.sessionId, connected(ana));
    expect((await sweep()).pushed).to.deep.equal([]);
    expect(await countIndexed(t.redis, 'default')).to.equal(0);
  });

  it('give only the one back who still waits', async () => {
    const { ana, bobs, claim } = await claimTwo(t, OUT);
    await hot(t, (trx) => cancelRequests(trx, [ana], 'left_queue'));
    await sweep();
    expect(await countIndexed(t.redis, 'default')).to.equal(1);
    const [eva = ''] = await addUsers(t.db, 1);
    await joinIndexed(t, eva, learnsEnglish);
    const [next] = await claimAll(t);
    expect(next?.first.requestId).to.equal(bobs.id);
    expect(next?.sessionId).to.not.equal(claim.sessionId);
  });

  it('leave a request that was put back since to its newer entry', async () => {
    const { bob, anas, claim } = await claimTwo(t, OUT);
    await commit(claim);
    const steps = [{ sessionId: claim.sessionId, command: leave(bob) }];
    const { effects } = await hot(t, (trx) => transitionSessions(trx, steps, TTL));
    await indexRequests(t, effects.requests);
    expect((await sweep()).pushed).to.deep.equal([]);
    expect(await countIndexed(t.redis, 'default')).to.equal(1);
    const [cal = ''] = await addUsers(t.db, 1);
    await joinIndexed(t, cal, learnsSpanish);
    const [next] = await claimAll(t);
    expect(next?.first).to.deep.include({ requestId: anas.id, version: 3 });
  });

  it('ask for the reconciler when somebody who waits has vanished from the index', async () => {
    const { anas } = await claimTwo(t, OUT);
    await t.redis.del(`{mm:default}:r:${anas.id}`);
    const { enqueued } = await sweep();
    expect(enqueued.map(({ name }) => name)).to.include('matchmaking.reconcile-index');
  });

  it('are all reclaimed, however many, by two sweeps at once', async () => {
    const people = await addUsers(t.db, 500);
    await t.db('match_requests').insert(
      people.map((user_id, at) => ({
        id: t.db.raw('gen_random_uuid()'),
        pool: 'default',
        user_id,
        native: [at % 2 === 0 ? 'es' : 'en'],
        practice: [at % 2 === 0 ? 'en' : 'es'],
        state: 'waiting',
        joined_at: t.db.raw('now() + make_interval(secs => ?)', [at / 1_000]),
        expires_at: t.db.raw("now() + '5 min'::interval"),
      })),
    );
    const { context } = recordedContext(t, t.config());
    await reconcile(context, 'default');
    expect(await claimAll(t, OUT)).to.have.length(250);
    await Promise.all([sweep(), sweep()]);
    expect(await countClaims(t.redis, 'default')).to.equal(0);
    expect(await countIndexed(t.redis, 'default')).to.equal(500);
    expect(await claimAll(t)).to.have.length(250);
  });

  it('let a pool be forgotten when nobody is left in it', async () => {
    const { ana, bob } = await claimTwo(t, OUT);
    await sweep();
    expect(await knownPools(t.redis)).to.deep.equal(['default']);
    await hot(t, (trx) => cancelRequests(trx, [ana, bob], 'left_queue'));
    await t.redis.del(...(await t.redis.keys('{mm:default}:*')));
    await sweep();
    expect(await knownPools(t.redis)).to.deep.equal([]);
  });

  it('also index requests that were committed but never indexed', async () => {
    const [ana = '', bob = '', eva = ''] = await addUsers(t.db, 3);
    const lost = await join(t.db, ana, learnsEnglish);
    const fresh = await join(t.db, eva, learnsEnglish);
    await joinIndexed(t, bob, learnsSpanish);
    const earlier = t.db.raw("now() - interval '2 seconds'");
    await t.db('match_requests').where({ id: lost.id }).update({ changed_at: earlier });
    const { reports, enqueued } = await sweep();
    expect(reports).to.deep.equal(['0 claims reclaimed', '1 requests listed']);
    expect(enqueued.map(({ name }) => name)).to.include('matchmaking.match-pass');
    const [pair] = await claimAll(t);
    expect(pair?.first.requestId).to.equal(lost.id);
    // The process that wrote this one may be about to index it, so a sweep leaves it alone.
    expect(await countIndexed(t.redis, 'default')).to.equal(2);
    expect(fresh.state).to.equal('waiting');
  });
});
