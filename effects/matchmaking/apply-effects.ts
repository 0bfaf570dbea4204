import type { Config } from '../../config.ts';
import type { Db } from '../../db/knex.ts';
import type { Effects } from '../../db/matchmaking/effects.ts';
import type { SessionView } from '../../db/matchmaking/sessions/session-row.ts';
import type { Push } from '../../db/realtime/push.ts';
import type { RedisClient } from '../../db/redis.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import { matchPass } from '../../jobs/matchmaking.ts';
import { announce, type TraceOf } from './announce.ts';
import { indexRequests } from './index-requests.ts';
import { enqueueTimeOut } from './time-outs.ts';

export interface EffectsDeps {
  config: Pick<Config, 'MATCH_CONNECT_SECONDS' | 'MATCH_RELAX_SECONDS'>;
  db: Db;
  redis: RedisClient;
  push: Push;
  /** Never throws: a best-effort enqueue. A sweep finds the work of a lost job. */
  tryEnqueue: Enqueue;
}

/**
 * Apply the effects of a commit, the same for routes, sockets and processors: push to the people, update
 * the index, and enqueue a pass for each pool with a new request.
 * @param traceOf finds the id of the request that caused an effect, for pushes and jobs
 * @throws the connection's error when the index cannot be updated; the pushes are sent all the same
 */
export async function applyEffects(
  deps: EffectsDeps,
  effects: Omit<Effects, 'reached'>,
  traceOf: TraceOf = () => undefined,
): Promise<void> {
  const { config, push, tryEnqueue } = deps;
  const { requests, sessions, found } = effects;
  announce(push, { requests: [], sessions, found }, traceOf);
  const accepted = sessions.find(beginsToConnect);
  if (accepted)
    await enqueueTimeOut(tryEnqueue, config.MATCH_CONNECT_SECONDS, traceOf(accepted.id));
  try {
    // Redis is known to be unavailable: do not wait for the time-out.
    if (deps.redis.status !== 'ready')
      throw new Error('Connection is closed: redis is unavailable');
    const pools = await indexRequests(deps, requests, config.MATCH_RELAX_SECONDS);
    for (const pool of pools) {
      const first = requests.find((row) => row.pool === pool)?.user_id ?? '';
      await tryEnqueue(matchPass, { pool }, requestIdOf(traceOf(first)));
    }
  } finally {
    // Last, so that a request is pushed in the same write to the socket as the answer to its command.
    announce(push, { requests, sessions: [], found: [] }, traceOf);
  }
}

const requestIdOf = (requestId: string | undefined) =>
  requestId === undefined ? {} : { requestId };

/** Both have just accepted: the time to connect begins. */
const beginsToConnect = ({ state, acceptBy, sides }: SessionView) =>
  state === 'connecting' && acceptBy !== null && sides.every((side) => side.connectedAt === null);
