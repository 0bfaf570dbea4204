import { setTimeout as wait } from 'node:timers/promises';
import { publishRevocation, type Revocation } from '../../db/accounts/revocations.ts';
import type { ServerDeps } from '../deps.ts';

/** Long enough for a connection that is just coming back; later gaps are rechecked by their finders. */
const RETRY_MS = [300, 1_000, 3_000];

/**
 * Tell every instance of a committed revocation. Never throws: it stands in the tables, caches are
 * shorter than a second, and whoever lost the channel rechecks. The first attempt is waited for, so
 * that the answer to a sign-out comes when the old token is no longer remembered. Called by routes
 * without idempotency keys, whose transactions are over by then.
 */
export async function announce(
  { redis, log }: Pick<ServerDeps, 'redis' | 'log'>,
  revocation: Revocation,
): Promise<void> {
  try {
    await publishRevocation(redis, revocation);
  } catch (error) {
    log.warn({ err: error, userId: revocation.userId }, 'revocation not published yet');
    void retry(redis, revocation);
  }
}

async function retry(redis: ServerDeps['redis'], revocation: Revocation): Promise<void> {
  for (const ms of RETRY_MS) {
    await wait(ms, undefined, { ref: false });
    try {
      return await publishRevocation(redis, revocation);
    } catch {} // the next attempt, or the recheck after the outage
  }
}
