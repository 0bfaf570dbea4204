import { holdClaims, releaseClaims } from '../../db/matchmaking/claims.ts';
import { createSessions as create } from '../../db/matchmaking/create-sessions.ts';
import { avoidUser } from '../../db/matchmaking/waiting-index.ts';
import {
  type Claim,
  type createSessions as job,
  matchPass,
  reconcileIndex,
  TIME_OUT_LATE_MS,
  timeOutSessions,
} from '../../jobs/matchmaking.ts';
import type { JobContext, Processor } from '../deps.ts';
import { settle } from './settle.ts';

export const createSessions: Processor<typeof job> = async ({ pool, claims }, context) => {
  try {
    await createAndTell(pool, claims, context);
  } catch (error) {
    // It may have been the last attempt: with PostgreSQL back, a sweep gives the people their places.
    await holdClaims(context.redis, pool, claims, 'untaken').catch(() => {});
    throw error;
  }
};

async function createAndTell(pool: string, claims: Claim[], context: JobContext): Promise<void> {
  const { config, db, redis, hint, requestId } = context;
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
    await hint(timeOutSessions, { sessionIds }, { delayMs, requestId });
  }
  const back = releases.some(({ first, second }) => first === 'back' || second === 'back');
  if (back) await hint(matchPass, { pool }, { requestId });
  if (lost.length > 0) await hint(reconcileIndex, { pool }, { requestId });
}
