import type { Config } from '../config.ts';
import { verifyAccessToken } from '../db/accounts/access-token.ts';
import { type Holder, readTokenStatuses } from '../db/accounts/token-status.ts';
import type { Db } from '../db/knex.ts';
import type { RedisClient } from '../db/redis.ts';
import { FoyerError, isDependencyUnavailable } from '../errors.ts';
import { holds, watchRevocations } from './accounts/revocation.ts';
import { createTokenStatusCache, type TokenStatusCache } from './accounts/token-status-cache.ts';
import type { Authenticator } from './deps.ts';

interface Parts {
  config: Pick<Config, 'authSecrets'>;
  db: Db;
  /** Revocations are heard here, and drop the remembered answer at once. */
  subscriber: RedisClient;
}

/**
 * Access tokens: the signature says who, a short memory of `users` and `refresh_tokens` says whether
 * that is still so. `service.unavailable` when PostgreSQL is away and the memory does not reach.
 */
export function createAuthenticator({ config, db, subscriber }: Parts): Authenticator {
  const cache = createTokenStatusCache((holders) => readTokenStatuses(db, holders));
  watchRevocations(subscriber, cache.forget);
  return {
    async authenticate(accessToken) {
      if (!accessToken) throw new FoyerError('auth.required');
      const claims = await verifyAccessToken(config, accessToken);
      const { userId, familyId, version, expiresAtMs } = claims;
      let standing = await readStanding(cache, { userId, familyId });
      if (!standing.gone && standing.version < version) {
        // We signed it, so the memory is the older one: a role change whose message is still on its way.
        cache.forget({ userId, familyId });
        standing = await readStanding(cache, { userId, familyId });
      }
      if (standing.gone || !holds(standing, version)) throw new FoyerError('auth.invalid');
      return { userId, role: standing.role, familyId, version, expiresAtMs };
    },
    async check(caller) {
      if (caller.expiresAtMs <= Date.now()) throw new FoyerError('auth.expired');
      const { userId, familyId, version } = caller;
      if (!holds(await readStanding(cache, { userId, familyId }, SOCKET_MAX_AGE_MS), version))
        throw new FoyerError('auth.invalid');
    },
  };
}

/**
 * A revocation reaches a connected socket as a message that removes the cached status. The age only bounds
 * how long a lost message goes unnoticed by a socket that sends commands.
 */
const SOCKET_MAX_AGE_MS = 5_000;

async function readStanding(cache: TokenStatusCache, holder: Holder, maxAgeMs?: number) {
  try {
    return await cache.read(holder, maxAgeMs);
  } catch (error) {
    if (!isDependencyUnavailable(error)) throw error;
    throw new FoyerError('service.unavailable', { cause: error, retryAfterSeconds: 1 });
  }
}
