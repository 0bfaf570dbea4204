import type { Config } from '../config.ts';
import { FoyerError } from '../contract/errors.ts';
import { verifyAccessToken } from '../db/accounts/sign-in/access-token.ts';
import { type Holder, readTokenStatuses } from '../db/accounts/sign-in/token-status.ts';
import type { Db } from '../db/knex.ts';
import type { RedisClient } from '../db/redis.ts';
import { isDependencyUnavailable } from '../errors.ts';
import { holds, watchRevocations } from './accounts/revocation.ts';
import { createTokenStatusCache, type TokenStatusCache } from './accounts/token-status-cache.ts';
import type { Authenticator } from './deps.ts';

interface Parts {
  config: Pick<Config, 'authSecrets'>;
  db: Db;
  /** Receives revocations, which drop the cached token status at once. */
  subscriber: RedisClient;
}

/**
 * Checks access tokens: the signature gives the user, a short cache of `users` and `refresh_tokens`
 * gives the token status. `service.unavailable` when PostgreSQL is unavailable and the cache has no entry.
 */
export function createAuthenticator({ config, db, subscriber }: Parts): Authenticator {
  const cache = createTokenStatusCache((holders) => readTokenStatuses(db, holders));
  watchRevocations(subscriber, cache.forget);
  return {
    async authenticate(accessToken) {
      if (!accessToken) throw new FoyerError('auth.required');
      const claims = await verifyAccessToken(config, accessToken);
      const { userId, familyId, version, expiresAtMs } = claims;
      let status = await readStatus(cache, { userId, familyId });
      if (!status.gone && status.version < version) {
        // We signed the newer version, so the cache is stale: the message of a role change is on its way.
        cache.forget({ userId, familyId });
        status = await readStatus(cache, { userId, familyId });
      }
      if (status.gone || !holds(status, version)) throw new FoyerError('auth.invalid');
      return { userId, role: status.role, familyId, version, expiresAtMs };
    },
    async check(caller) {
      if (caller.expiresAtMs <= Date.now()) throw new FoyerError('auth.expired');
      const { userId, familyId, version } = caller;
      if (!holds(await readStatus(cache, { userId, familyId }, SOCKET_MAX_AGE_MS), version))
        throw new FoyerError('auth.invalid');
    },
  };
}

/**
 * A revocation reaches a connected socket as a message that removes the cached status. If the message
 * is lost, a command of the socket checks the status again after this age.
 */
const SOCKET_MAX_AGE_MS = 5_000;

async function readStatus(cache: TokenStatusCache, holder: Holder, maxAgeMs?: number) {
  try {
    return await cache.read(holder, maxAgeMs);
  } catch (error) {
    if (!isDependencyUnavailable(error)) throw error;
    throw new FoyerError('service.unavailable', { cause: error, retryAfterSeconds: 1 });
  }
}
