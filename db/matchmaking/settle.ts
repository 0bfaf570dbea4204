import type { Db } from '../knex.ts';
import { type Push, toPeople } from '../realtime/push.ts';
import type { RedisClient } from '../redis.ts';
import type { Effects } from './effects.ts';
import { othersOf } from './pool/avoid.ts';
import { RELAX_SECONDS } from './pool/preferences.ts';
import { avoidUser, enqueueRequest, rememberPools, removeRequest } from './pool/waiting-index.ts';
import { type RequestRow, renderRequest } from './requests/request-row.ts';
import { renderSession, type SessionView } from './sessions/session-row.ts';

interface Stores {
  db: Db;
  redis: RedisClient;
}

/** Tell the people concerned. Found sessions first: that is what they wait for. */
export function announce(push: Push, effects: Effects, requestId?: string): void {
  const trace = requestId ? { requestId } : {};
  const toBoth = (event: 'match:found' | 'session:state', view: SessionView) => {
    const both = view.sides.map(({ userId }) => userId);
    push(toPeople(both), event, { ...renderSession(view), ...trace });
  };
  for (const view of effects.found) toBoth('match:found', view);
  for (const view of effects.sessions) toBoth('session:state', view);
  for (const row of effects.requests) {
    push(toPeople([row.user_id]), 'match:state', { ...renderRequest(row), ...trace });
  }
}

/**
 * Bring the index in line with requests that changed: waiting ones in at their place, others out.
 * Returns the pools that want a pass.
 * @throws the connection's error when Redis is away: the reconciler does the same from the table
 */
export async function indexRequests(
  { db, redis }: Stores,
  requests: readonly RequestRow[],
  relaxSeconds = RELAX_SECONDS,
): Promise<string[]> {
  const waiting = requests.filter((row) => row.state === 'waiting');
  // Whoever is held or matched left the index with the claim.
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

/** Keep these two apart wherever both wait now. */
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
