import type { Knex } from 'knex';
import { type Revocation, subscribeRevocations } from '../../db/accounts/sign-in/revocations.ts';
import {
  type Holder,
  readTokenStatuses,
  type TokenStatus,
} from '../../db/accounts/sign-in/token-status.ts';
import type { RedisClient } from '../../db/redis.ts';

const RECHECK_BATCH = 500;

/** A connected caller with the version of the token from the handshake. */
export interface ConnectedCaller extends Holder {
  version: number;
}

/**
 * Subscribes to sign-outs, role changes and deletions on any instance. `familyId` null means all sign-ins
 * of the user. `onGap` means that messages may have been missed: call `recheck` for all connected callers.
 */
export function watchRevocations(
  subscriber: RedisClient,
  onRevoked: (revocation: Revocation) => void,
  onGap?: () => void,
): () => void {
  return subscribeRevocations(subscriber, { onRevoked, ...(onGap ? { onGap } : {}) });
}

/** Whether the claims of a token are still current. */
export const holds = (status: TokenStatus, version: number): boolean =>
  !status.gone && status.version === version;

/** The connected callers whose token is no longer valid. Reads them in bounded statements. */
export async function recheck<Caller extends ConnectedCaller>(
  db: Knex,
  callers: readonly Caller[],
): Promise<Caller[]> {
  const revoked: Caller[] = [];
  for (let i = 0; i < callers.length; i += RECHECK_BATCH) {
    const batch = callers.slice(i, i + RECHECK_BATCH);
    const statuses = await readTokenStatuses(db, batch);
    revoked.push(
      ...batch.filter((caller, place) => {
        const status = statuses[place];
        return !status || !holds(status, caller.version);
      }),
    );
  }
  return revoked;
}
