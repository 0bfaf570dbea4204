import { expect } from 'chai';
import { createSessions as createJob } from '../../../jobs/matchmaking.ts';
import { matchPass } from '../../../workers/matchmaking/pool/match-pass.ts';
import { sweepPool } from '../../../workers/matchmaking/pool/match-sweep.ts';
import { createSessions } from '../../../workers/matchmaking/sessions/create-sessions.ts';
import { useServices } from '../../support/services.ts';
import { recordedContext } from '../fixtures.ts';
import { claimTwo, clear, joinTwo, redisNow } from '../matches.ts';

/** A claim without a job has a short lease, so that its people do not wait thirty seconds. */
describe('matchmaking: unassigned claims', () => {
  const t = useServices();
  beforeEach(() => clear(t));

  const CLAIMS = '{mm:default}:holds';
  async function holdLeft(): Promise<number> {
    const [, expiry] = await t.redis.zrange(CLAIMS, '0', '-1', 'WITHSCORES');
    return Number(expiry) - (await redisNow(t));
  }

  it('last a moment after a claim whose worker died before its job', async () => {
    await claimTwo(t);
    expect(await holdLeft()).to.be.within(2_000, 3_000);
  });

  it('last long once a job has them: the pass could not create the session itself', async () => {
    await joinTwo(t);
    const { context, enqueued } = recordedContext(t, t.config());
    const unavailable = {
      ...context,
      db: { client: { acquireConnection: () => Promise.reject(new Error('away')) } },
    };
    await matchPass({ pool: 'default' }, unavailable as never);
    expect(enqueued.map(({ name }) => name)).to.deep.equal([createJob.name]);
    expect(await holdLeft()).to.be.within(28_000, 30_000);
  });

  it('last a moment after a job that failed, and come back from none that ended', async () => {
    const { claim } = await claimTwo(t, { leaseMs: 30_000 });
    const { context } = recordedContext(t, t.config());
    const away = {
      ...context,
      db: { client: { acquireConnection: () => Promise.reject(new Error('away')) } },
    };
    const attempt = () =>
      createSessions({ pool: 'default', claims: [claim] }, away as never).then(
        () => expect.fail('it did not fail'),
        (error) => error.message,
      );
    expect(await attempt()).to.equal('away');
    expect(await holdLeft()).to.be.within(2_000, 3_000);
    await t.redis.zrem(CLAIMS, claim.sessionId);
    await attempt();
    expect(await t.redis.zcard(CLAIMS)).to.equal(0);
  });

  it('are ended and claimed again by one sweep when their lease has expired', async () => {
    const { claim, ana, bob } = await claimTwo(t, { leaseMs: -1 });
    const { context, pushed } = recordedContext(t, t.config());
    await sweepPool({ pool: 'default' }, context);
    const found = pushed.filter(({ event }) => event === 'match:found');
    expect(found.map(({ to }) => to)).to.have.members([ana, bob]);
    expect(found[0]?.payload['id']).to.not.equal(claim.sessionId);
  });
});
