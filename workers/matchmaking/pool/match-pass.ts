import { bounds } from '../../../config.ts';
import { claimPairs, extendClaims, type PairClaim } from '../../../db/matchmaking/pool/claims.ts';
import { createSessions, matchPass as job, reconcileIndex } from '../../../jobs/matchmaking.ts';
import type { JobContext, Processor } from '../../deps.ts';
import { createFromClaims } from '../sessions/create-sessions.ts';

/** Calls of one pass: a bound for a pool that always has more pairs. The next pass continues. */
const MAX_CALLS = 2_000;
/** Calls in a row that claim nobody, before the pass pauses for other work of Redis. */
const MAX_FRUITLESS = 4;
const MOMENT_MS = 25;

/** Runs one pass over a pool. */
export const matchPass: Processor<typeof job> = ({ pool }, context) =>
  runMatchPass(context, pool, false);

/**
 * Claim pairs until none is left, and create the sessions of each hundred while the next are claimed. A
 * crash between the claim and the commit, or a lost answer of Redis, leaves claims with a short lease,
 * which the next sweep ends.
 */
export async function runMatchPass(
  context: JobContext,
  pool: string,
  walk: boolean,
): Promise<void> {
  const { config, redis, tryEnqueue, requestId } = context;
  const relaxSeconds = config.MATCH_RELAX_SECONDS;
  const writer = createSessionWriter(context, pool);
  for (let call = 0, fruitless = 0; call < MAX_CALLS; call += 1) {
    const options = { walk: walk && call === 0, relaxSeconds };
    const { more, isComplete, claims } = await claimPairs(redis, pool, options);
    await writer.take(claims, more);
    if (!isComplete) await tryEnqueue(reconcileIndex, { pool }, { requestId });
    fruitless = claims.length > 0 ? 0 : fruitless + 1;
    if (!more) break;
    if (fruitless === MAX_FRUITLESS) {
      await tryEnqueue(job, { pool }, { requestId, delayMs: MOMENT_MS });
      break;
    }
  }
  await writer.end();
}

/** Batches of sessions that are being created at once. */
const IN_FLIGHT = 4;

/**
 * Creates the sessions of claims, a hundred at a time, while the pass claims the next ones. What fails
 * becomes a job that tries again.
 */
function createSessionWriter(context: JobContext, pool: string) {
  const inFlight: Promise<void>[] = [];
  const batch: PairClaim[] = [];
  const write = async (claims: PairClaim[]) => {
    try {
      await createFromClaims(pool, claims, context);
    } catch (error) {
      const { enqueue, redis, log, requestId } = context;
      log.debug({ err: error, pool }, 'the pass could not create sessions; a job tries again');
      await enqueue(createSessions, { pool, claims }, { requestId });
      await extendClaims(redis, pool, claims, 'enqueued');
    }
  };
  return {
    async take(claims: PairClaim[], more: boolean): Promise<void> {
      batch.push(...claims);
      while (batch.length >= bounds.pairsPerJob || (!more && batch.length > 0)) {
        const work = write(batch.splice(0, bounds.pairsPerJob));
        work.catch(() => {}); // reported by `end`, or by the shift before it
        inFlight.push(work);
        if (inFlight.length >= IN_FLIGHT) await inFlight.shift();
      }
    },
    /** @throws when a job could not be enqueued. Its claims have a short lease, and a sweep ends them. */
    async end(): Promise<void> {
      if (batch.length > 0) inFlight.push(write(batch));
      await Promise.all(inFlight);
    },
  };
}
