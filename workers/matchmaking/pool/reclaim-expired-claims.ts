import {
  countClaims,
  expiredClaims,
  type PairClaim,
  type Release,
  releaseClaims,
} from '../../../db/matchmaking/pool/claims.ts';
import {
  countIndexed,
  forgetPool,
  indexedVersions,
} from '../../../db/matchmaking/pool/waiting-index.ts';
import { type RequestRow, selectRequests } from '../../../db/matchmaking/requests/request-row.ts';
import { recentlyWaiting } from '../../../db/matchmaking/requests/requests.ts';
import { readSessions } from '../../../db/matchmaking/sessions/session-row.ts';
import { applyEffects } from '../../../effects/matchmaking/apply-effects.ts';
import { indexRequests } from '../../../effects/matchmaking/index-requests.ts';
import {
  type reclaimExpiredClaims as job,
  matchPass,
  reconcileIndex,
} from '../../../jobs/matchmaking.ts';
import type { JobContext, Processor } from '../../deps.ts';
import { forEachPool, poolsToSweep } from './pools.ts';

const PAGE = 200;

/** Ends expired claims in every pool, and indexes recent requests that are missing from the index. */
export const reclaimExpiredClaims: Processor<typeof job> = async (_, context) => {
  const { redis } = context;
  const pools = await poolsToSweep(context);
  let reclaimed = 0;
  await forEachPool(pools.all, async (pool) => {
    reclaimed += await reclaimExpired(context, pool);
    const isEmpty = (await countIndexed(redis, pool)) + (await countClaims(redis, pool)) === 0;
    if (isEmpty && !pools.waiting.has(pool)) await forgetPool(redis, pool);
  });
  context.report(`${reclaimed} claims reclaimed`, reclaimed);
  const listed = await listRecent(context);
  if (listed > 0) context.report(`${listed} requests listed`, listed);
};

/** Two runs at once are harmless, because a claim is ended by its id. Returns how many were ended. */
export async function reclaimExpired(context: JobContext, pool: string): Promise<number> {
  let reclaimed = 0;
  for (let full = true; full; ) {
    const claims = await expiredClaims(context.redis, pool, PAGE);
    full = claims.length === PAGE;
    if (claims.length > 0) await reclaim(context, pool, claims);
    reclaimed += claims.length;
  }
  return reclaimed;
}

/** A process died between a commit and the index: requests that joined or were put back are not indexed. */
async function listRecent(context: JobContext): Promise<number> {
  const { db, redis, config, tryEnqueue } = context;
  const rows = await recentlyWaiting(db, RECENT);
  const known = await Promise.all(
    rows.map(async ({ pool, id }) => (await indexedVersions(redis, pool, [id]))[0] ?? 0),
  );
  const missing = rows.filter(({ version }, at) => (known[at] ?? 0) < version);
  const pools = await indexRequests(context, missing, config.MATCH_RELAX_SECONDS);
  for (const pool of pools) await tryEnqueue(matchPass, { pool });
  return missing.length;
}
const RECENT = 1_000;

/**
 * A worker died. Between the claim and the commit: both people go back to the queue. Between the commit
 * and the push: the session exists, and its people get the push again.
 */
async function reclaim(context: JobContext, pool: string, claims: PairClaim[]): Promise<void> {
  const { db, redis, tryEnqueue } = context;
  const sessions = await readSessions(
    db,
    claims.map(({ sessionId }) => sessionId),
  );
  const made = new Set(sessions.map(({ id }) => id));
  const rows = new Map((await rowsOfClaims(context, claims)).map((row) => [row.id, row]));
  const verdict = (claim: PairClaim, { requestId, version }: PairClaim['first']): Release => {
    const row = rows.get(requestId);
    const waits = row?.state === 'waiting' && row.version === version;
    return waits && !made.has(claim.sessionId) ? 'back' : 'drop';
  };
  const found = sessions.filter(({ state }) => state === 'matched');
  await applyEffects(context, { found, sessions: [], requests: [] }, () => context.requestId);
  const lost = await releaseClaims(
    redis,
    pool,
    claims.map((claim) => ({
      claim,
      first: verdict(claim, claim.first),
      second: verdict(claim, claim.second),
    })),
  );
  await tryEnqueue(matchPass, { pool });
  if (lost.length > 0) await tryEnqueue(reconcileIndex, { pool });
}

const rowsOfClaims = ({ db }: JobContext, claims: PairClaim[]): Promise<RequestRow[]> => {
  const ids = claims.flatMap(({ first, second }) => [first.requestId, second.requestId]);
  return selectRequests(db)
    .whereRaw('r.id = any(?::uuid[])', [ids])
    .then((rows) => rows);
};
