import type { Db } from '../../db/knex.ts';
import { othersOf } from '../../db/matchmaking/pool/avoid.ts';
import { RELAX_SECONDS } from '../../db/matchmaking/pool/preferences.ts';
import {
  avoidUser,
  enqueueRequest,
  rememberPools,
  removeRequest,
} from '../../db/matchmaking/pool/waiting-index.ts';
import type { RequestRow } from '../../db/matchmaking/requests/request-row.ts';
import type { RedisClient } from '../../db/redis.ts';

interface Stores {
  db: Db;
  redis: RedisClient;
}

/**
 * Update the index for requests that changed: add waiting ones at their place, remove the others.
 * Returns the pools that need a pass.
 * @throws the connection's error when Redis is unavailable; the reconciler later does the same from the table
 */
export async function indexRequests(
  { db, redis }: Stores,
  requests: readonly RequestRow[],
  relaxSeconds = RELAX_SECONDS,
): Promise<string[]> {
  const waiting = requests.filter((row) => row.state === 'waiting');
  // A request that is held or matched left the index with the claim.
  const gone = requests.filter((row) => row.state === 'cancelled' || row.state === 'expired');
  if (waiting.length === 0 && gone.length === 0) return [];
  const users = waiting.map((row) => row.user_id);
  const others = await othersOf(db, users);
  const pools = new Set(waiting.map((row) => row.pool));
  const put = (row: RequestRow) => {
    const { avoid = [], recent = [] } = others.get(row.user_id) ?? {};
    return enqueueRequest(redis, row, avoid, { recent, relaxSeconds });
  };
  await Promise.all([
    rememberPools(redis, pools),
    ...waiting.map(put),
    ...gone.map((row) => removeRequest(redis, row)),
  ]);
  return [...pools];
}

/** Keep two people apart in every pool in which both wait now. */
export async function keepApart(
  redis: RedisClient,
  waiting: readonly RequestRow[],
  [one, other]: readonly [string, string],
): Promise<void> {
  for (const row of waiting) {
    const userId = row.user_id === one ? other : one;
    await avoidUser(redis, row.pool, [{ requestId: row.id, userId }]);
  }
}
