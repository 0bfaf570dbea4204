import { setTimeout as wait } from 'node:timers/promises';
import { publishRevocation, type Revocation } from '../../db/accounts/sign-in/revocations.ts';
import type { ServerDeps } from '../deps.ts';

/** Long enough for a reconnect. For longer gaps, each instance rechecks after it resubscribes. */
const RETRY_MS = [300, 1_000, 3_000];

/**
 * Notifies every instance of a committed revocation. Never throws: the revocation is in the tables, caches
 * last less than a second, and an instance that lost the channel rechecks. Awaits the first attempt, so
 * that the old token is already rejected when the response to a sign-out arrives. Called by routes without
 * idempotency keys, after their transactions.
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
