import { waitingPools } from '../../../db/matchmaking/requests/requests.ts';
import type { matchSweep as job } from '../../../jobs/matchmaking.ts';
import type { Processor } from '../../deps.ts';
import { runMatchPass } from './match-pass.ts';
import { forEachPool } from './pools.ts';
import { reclaimExpired } from './reclaim-expired-claims.ts';

/**
 * Ends expired claims, so that their people wait again, then runs a pass of every pool. It runs the
 * pass itself, because a stalled pass job would deduplicate an enqueued one. Two passes at once are
 * harmless, because each claim is one script.
 */
export const matchSweep: Processor<typeof job> = async (_, context) => {
  await forEachPool(await waitingPools(context.db), async (pool) => {
    await reclaimExpired(context, pool);
    await runMatchPass(context, pool, true);
  });
};
