import { expect } from 'chai';
import {
  claimAll,
  claimTwo,
  clear,
  connected,
  create,
  joinTwo,
  leave,
  step,
} from '../matchmaking/matches.ts';
import { type PlanRecorder, planFaults, recordPlans } from '../support/query-plans.ts';
import { useServices } from '../support/services.ts';
import { fillSessions } from './fill.ts';

/** As a full job has. */
const PAIRS = 100;

/** A plan is kept for a while: it must be good for tables of any age. */
describe('plans of the hot path of matchmaking', () => {
  const t = useServices();
  let plans: PlanRecorder;

  before(async () => {
    plans = await recordPlans(t.databaseUrl);
  });
  after(() => plans.db.destroy());

  /** A join of two, their session, and each kind of step. */
  async function meetAndPart(): Promise<string[]> {
    const own = { ...t, db: plans.db, redis: t.redis, log: t.log, config: t.config };
    plans.take();
    for (let round = 0; round < 6; round += 1) {
      const { ana, bob, claim } = await claimTwo(own);
      await create(own, [claim]);
      const sessionId = claim.sessionId;
      for (const userId of [ana, bob]) await step(own, sessionId, connected(userId));
      await step(own, sessionId, leave(ana));
    }
    // A batch of many: for a single pair PostgreSQL looks everything up by key whatever the statement says.
    for (let pair = 0; pair < PAIRS; pair += 1) await joinTwo(own);
    const claims = await claimAll(own, { maxPairs: PAIRS });
    expect(claims).to.have.length(PAIRS);
    await create(own, claims);
    const seen = plans.take();
    expect(seen.length).to.be.above(20);
    return [...new Set(planFaults(seen))];
  }

  it('look rows up by key in tables that were never analysed', async () => {
    await clear(t);
    expect(await meetAndPart()).to.deep.equal([]);
  });

  it('look rows up by key in tables that have grown', async () => {
    await fillSessions(t.db, 3_000);
    await t.db.raw('analyze');
    expect(await meetAndPart()).to.deep.equal([]);
  });

  it('look rows up by key in tables that were emptied and filled again', async () => {
    await clear(t);
    await t.db.raw('analyze');
    await fillSessions(t.db, 3_000);
    expect(await meetAndPart()).to.deep.equal([]);
  });
});
