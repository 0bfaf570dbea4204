import type { Effects } from '../../db/matchmaking/effects.ts';
import { announce, indexRequests } from '../../db/matchmaking/settle.ts';
import { matchPass } from '../../jobs/matchmaking.ts';
import type { JobContext } from '../deps.ts';

/** After a commit: tell the people, mend the index, wake the pools that have someone new. */
export async function settle(context: JobContext, effects: Effects): Promise<void> {
  announce(context.push, effects, context.requestId);
  const pools = await indexRequests(context, effects.requests, context.config.MATCH_RELAX_SECONDS);
  for (const pool of pools) {
    await context.tryEnqueue(matchPass, { pool }, { requestId: context.requestId });
  }
}
