import { extendClaims, releaseClaims } from '../../../db/matchmaking/pool/claims.ts';
import { avoidUser } from '../../../db/matchmaking/pool/waiting-index.ts';
import { createSessions as create } from '../../../db/matchmaking/sessions/create-sessions.ts';
import { readSessions } from '../../../db/matchmaking/sessions/session-row.ts';
import { HOT_LOCK_TIMEOUT_MS, hotTransaction } from '../../../db/write/hot-transaction.ts';
import { applyEffects } from '../../../effects/matchmaking/apply-effects.ts';
import { matchmakingEvents } from '../../../effects/matchmaking/events.ts';
import { enqueueTimeOut } from '../../../effects/matchmaking/time-outs.ts';
import {
  type Claim,
  createSessions as job,
  matchPass,
  reconcileIndex,
} from '../../../jobs/matchmaking.ts';
import type { JobContext, Processor } from '../../deps.ts';

/** Turns claims into sessions and announces them. */
export const createSessions: Processor<typeof job> = async ({ pool, claims }, context) => {
  try {
    await createFromClaims(pool, claims, context);
  } catch (error) {
    // It may have been the last attempt. With a short lease, a sweep soon returns the people to the queue.
    await extendClaims(context.redis, pool, claims, 'unassigned').catch(() => {});
    throw error;
  }
};

/** How long the only claim of a job waits for its people. */
const LOCK_TIMEOUT_MS = 2_000;

/**
 * Creates the sessions of some claims, pushes them and ends the claims. The pass itself runs it; after a
 * failure, the job does.
 *
 * A claim whose people are locked elsewhere must not delay the others: it becomes a job of its own,
 * which waits for the locks.
 */
export async function createFromClaims(
  pool: string,
  claims: Claim[],
  context: JobContext,
): Promise<void> {
  const { config, db, redis, enqueue, tryEnqueue, requestId } = context;
  const connect = config.MATCH_CONNECT_SECONDS;
  const accept = config.MATCH_ACCEPT_SECONDS;
  const [locking, lockTimeoutMs] =
    claims.length > 1
      ? (['skip', HOT_LOCK_TIMEOUT_MS] as const)
      : (['wait', LOCK_TIMEOUT_MS] as const);
  const created = await hotTransaction(
    db,
    (trx) => create(trx, pool, claims, connect, accept, locking, matchmakingEvents),
    { lockTimeoutMs },
  );
  const { requests, releases, avoid, reindex, locked } = created;
  // Sessions of an earlier run are announced again while they are `matched`.
  const before = await readSessions(db, created.done);
  const found = [...created.found, ...before.filter(({ state }) => state === 'matched')];

  // People who go back to the queue must not be claimed for the same partner again.
  if (avoid.length > 0) await avoidUser(redis, pool, avoid);
  const effects = { found, sessions: [], requests: [...requests, ...reindex] };
  await applyEffects(context, effects, () => requestId);
  const lost = await releaseClaims(redis, pool, releases);
  if (found.length > 0) await enqueueTimeOut(tryEnqueue, accept || connect, requestId);
  for (const one of locked) await enqueue(job, { pool, claims: [one] }, { requestId });
  const back = releases.some(({ first, second }) => first === 'back' || second === 'back');
  if (back) await tryEnqueue(matchPass, { pool }, { requestId });
  if (lost.length > 0) await tryEnqueue(reconcileIndex, { pool }, { requestId });
}
