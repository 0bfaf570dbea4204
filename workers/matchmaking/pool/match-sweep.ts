import { waitingPools } from '../../../db/matchmaking/requests/requests.ts';
import type { matchSweep as job } from '../../../jobs/matchmaking.ts';
import type { Processor } from '../../deps.ts';
import { runMatchPass } from './match-pass.ts';
import { forEachPool } from './pools.ts';
import { reclaimExpired } from './reclaim-expired-claims.ts';

/**
 * People whose hold ran out stand in line again before the pass. It runs the pass itself, so that a
 * stalled pass job cannot swallow it: two passes at once are harmless, because each claim is one script.
 */
export const matchSweep: Processor<typeof job> = async (_, context) => {
  await forEachPool(await waitingPools(context.db), async (pool) => {
    await reclaimExpired(context, pool);
    await runMatchPass(context, pool, true);
  });
};
