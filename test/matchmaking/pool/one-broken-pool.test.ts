import { expect } from 'chai';
import { matchSweep, sweepPool } from '../../../workers/matchmaking/pool/match-sweep.ts';
import { reconcileAll } from '../../../workers/matchmaking/pool/reconcile-index.ts';
import { useServices } from '../../support/services.ts';
import {
  addUsers,
  joinIndexed,
  learnsEnglish,
  learnsSpanish,
  recordedContext,
} from '../fixtures.ts';

describe('a pool whose index cannot be read', () => {
  const t = useServices();

  it('fails its own sweep and keeps no other pool waiting', async () => {
    const run = recordedContext(t, t.config());
    const [ana = '', bob = '', cleo = ''] = await addUsers(t.db, 3);
    await joinIndexed(t, ana, { ...learnsEnglish, pool: 'sound' });
    await joinIndexed(t, bob, { ...learnsSpanish, pool: 'sound' });
    await joinIndexed(t, cleo, { ...learnsEnglish, pool: 'broken' });
    await reconcileAll(run.context);
    await t.redis.del('{mm:broken}:holds');
    await t.redis.set('{mm:broken}:holds', 'not a zset');
    run.enqueued.length = 0;
    await matchSweep({}, run.context);
    const pools = run.enqueued.map(({ name, payload }) => [name, payload['pool']]);
    expect(pools).to.have.deep.members([
      ['matchmaking.sweep-pool', 'sound'],
      ['matchmaking.sweep-pool', 'broken'],
    ]);
    const outcomes = await Promise.allSettled(
      ['sound', 'broken'].map((pool) => sweepPool({ pool }, run.context)),
    );
    expect(outcomes.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected']);
    const found = run.pushed.filter(({ event }) => event === 'match:found').map(({ to }) => to);
    expect(found).to.have.members([ana, bob]);
  });
});
