import { claimPairs, holdClaims } from '../../db/matchmaking/claims.ts';
import { createSessions, matchPass as job, reconcileIndex } from '../../jobs/matchmaking.ts';
import type { JobContext, Processor } from '../deps.ts';

/** Calls of one pass: a bound against a pool that never comes to rest; the next pass goes on. */
const MAX_CALLS = 2_000;
/** Calls in a row that pair nobody: then other work of Redis comes first for a moment. */
const MAX_FRUITLESS = 4;
const MOMENT_MS = 25;

export const matchPass: Processor<typeof job> = ({ pool }, context) =>
  passOver(context, pool, false);

/**
 * Claim hundred after hundred until nobody fits. A crash between the claim and the job, or an answer
 * that Redis gave to nobody, leaves short holds that the next sweep gives back.
 */
export async function passOver(context: JobContext, pool: string, walk: boolean): Promise<void> {
  const { config, redis, enqueue, hint, requestId } = context;
  const relaxSeconds = config.MATCH_RELAX_SECONDS;
  for (let call = 0, fruitless = 0; call < MAX_CALLS; call += 1) {
    const options = { walk: walk && call === 0, relaxSeconds };
    const { more, whole, claims } = await claimPairs(redis, pool, options);
    if (claims.length > 0) {
      await enqueue(createSessions, { pool, claims }, { requestId });
      await holdClaims(redis, pool, claims, 'taken');
    }
    if (!whole) await hint(reconcileIndex, { pool }, { requestId });
    if (!more) return;
    fruitless = claims.length > 0 ? 0 : fruitless + 1;
    if (fruitless === MAX_FRUITLESS) {
      await hint(job, { pool }, { requestId, delayMs: MOMENT_MS });
      return;
    }
  }
}
