import { waitingPools } from '../../../db/matchmaking/requests/requests.ts';
import { type matchSweep as job, sweepPool as poolJob } from '../../../jobs/matchmaking.ts';
import type { Processor } from '../../deps.ts';
import { runMatchPass } from './match-pass.ts';
import { forEachPool } from './pools.ts';
import { reclaimExpired } from './reclaim-expired-claims.ts';

/** Has each pool with waiting people swept, so that a large or broken pool keeps no other one waiting. */
export const matchSweep: Processor<typeof job> = async (_, { db, enqueue }) => {
  await forEachPool(await waitingPools(db), (pool) => enqueue(poolJob, { pool }));
};

/**
 * Ends expired claims, so that their people wait again, then runs a pass. Another pass at the same time
 * is harmless, because each claim is one script.
 */
export const sweepPool: Processor<typeof poolJob> = async ({ pool }, context) => {
  await reclaimExpired(context, pool);
  await runMatchPass(context, pool, true);
};
