import { claimPairs } from '../../db/matchmaking/claims.ts';
import { createSessions, type matchPass as job, reconcileIndex } from '../../jobs/matchmaking.ts';
import type { JobContext, Processor } from '../deps.ts';

/** Calls of one pass: a bound against a pool that never comes to rest; the next pass goes on. */
const MAX_CALLS = 2_000;

export const matchPass: Processor<typeof job> = ({ pool }, context) =>
  passOver(context, pool, false);

/**
 * Claim hundred after hundred until nobody fits. A crash between the claim and the job leaves holds
 * that `reclaim-holds` gives back.
 */
export async function passOver(context: JobContext, pool: string, walk: boolean): Promise<void> {
  const { redis, enqueue, requestId } = context;
  for (let call = 0; call < MAX_CALLS; call += 1) {
    const { more, whole, claims } = await claimPairs(redis, pool, { walk: walk && call === 0 });
    if (claims.length > 0) await enqueue(createSessions, { pool, claims }, { requestId });
    if (!whole) await context.hint(reconcileIndex, { pool }, { requestId });
    if (!more) return;
  }
}
