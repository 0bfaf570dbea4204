import { extendClaims, releaseClaims } from '../../../db/matchmaking/pool/claims.ts';
import { avoidUser } from '../../../db/matchmaking/pool/waiting-index.ts';
import { createSessions as create } from '../../../db/matchmaking/sessions/create-sessions.ts';
import {
  type Claim,
  type createSessions as job,
  matchPass,
  reconcileIndex,
  TIME_OUT_LATE_MS,
  timeOutSessions,
} from '../../../jobs/matchmaking.ts';
import type { JobContext, Processor } from '../../deps.ts';
import { settle } from '../settle.ts';

export const createSessions: Processor<typeof job> = async ({ pool, claims }, context) => {
  try {
    await createAndTell(pool, claims, context);
  } catch (error) {
    // It may have been the last attempt: with PostgreSQL back, a sweep gives the people their places.
    await extendClaims(context.redis, pool, claims, 'unassigned').catch(() => {});
    throw error;
  }
};

async function createAndTell(pool: string, claims: Claim[], context: JobContext): Promise<void> {
  const { config, db, redis, tryEnqueue, requestId } = context;
  const connect = config.MATCH_CONNECT_SECONDS;
  const accept = config.MATCH_ACCEPT_SECONDS;
  const created = await db.transaction((trx) => create(trx, pool, claims, connect, accept));
  const { found, requests, releases, avoid, reindex } = created;

  // Whoever is given back must not be claimed for the same partner again.
  if (avoid.length > 0) await avoidUser(redis, pool, avoid);
  await settle(context, { found, sessions: [], requests: [...requests, ...reindex] });
  const lost = await releaseClaims(redis, pool, releases);
  if (found.length > 0) {
    const sessionIds = found.map(({ id }) => id);
    const delayMs = (accept || connect) * 1000 + TIME_OUT_LATE_MS;
    await tryEnqueue(timeOutSessions, { sessionIds }, { delayMs, requestId });
  }
  const back = releases.some(({ first, second }) => first === 'back' || second === 'back');
  if (back) await tryEnqueue(matchPass, { pool }, { requestId });
  if (lost.length > 0) await tryEnqueue(reconcileIndex, { pool }, { requestId });
}
