import { holdClaims, releaseClaims } from '../../db/matchmaking/claims.ts';
import { createSessions as create } from '../../db/matchmaking/create-sessions.ts';
import { avoidUser } from '../../db/matchmaking/waiting-index.ts';
import {
  type Claim,
  type createSessions as job,
  matchPass,
  reconcileIndex,
  timeOutSessions,
} from '../../jobs/matchmaking.ts';
import type { JobContext, Processor } from '../deps.ts';
import { settle } from './settle.ts';

/** A little later than the deadline, so that the job does not come before it. */
const LATE_MS = 50;

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
  const seconds = config.MATCH_CONNECT_SECONDS;
  const created = await db.transaction((trx) => create(trx, pool, claims, seconds));
  const { found, requests, releases, avoid, reindex } = created;

  // Whoever is given back must not be claimed for the same partner again.
  if (avoid.length > 0) await avoidUser(redis, pool, avoid);
  await settle(context, { found, sessions: [], requests: [...requests, ...reindex] });
  const lost = await releaseClaims(redis, pool, releases);
  if (found.length > 0) {
    const sessionIds = found.map(({ id }) => id);
    await hint(timeOutSessions, { sessionIds }, { delayMs: seconds * 1000 + LATE_MS, requestId });
  }
  const back = releases.some(({ first, second }) => first === 'back' || second === 'back');
  if (back) await hint(matchPass, { pool }, { requestId });
  if (lost.length > 0) await hint(reconcileIndex, { pool }, { requestId });
}
