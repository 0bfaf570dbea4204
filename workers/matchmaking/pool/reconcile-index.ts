import {
  beginRebuild,
  endRebuild,
  indexedVersions,
  indexFingerprint,
  removeRequest,
  scanIndex,
} from '../../../db/matchmaking/pool/waiting-index.ts';
import type { RequestRow } from '../../../db/matchmaking/requests/request-row.ts';
import {
  pageOfWaiting,
  rowsFingerprint,
  stillWaiting,
} from '../../../db/matchmaking/requests/requests.ts';
import { indexRequests } from '../../../effects/matchmaking/index-requests.ts';
import {
  type reconcileIndex as job,
  matchPass,
  reconcileIndex as reconcileJob,
  type reconcileSweep as sweep,
} from '../../../jobs/matchmaking.ts';
import type { JobContext, Processor } from '../../deps.ts';
import { forEachPool, poolsToSweep } from './pools.ts';

const PAGE = 500;
const NIL = '00000000-0000-0000-0000-000000000000';

/** Reconciles pools whose fingerprints differ. An idle pool costs the same for any number of requests. */
export const reconcileSweep: Processor<typeof sweep> = async (_, context) => {
  const { db, redis } = context;
  let repaired = 0;
  await forEachPool((await poolsToSweep(context)).all, async (pool) => {
    const [indexed, rows] = await Promise.all([
      indexFingerprint(redis, pool),
      rowsFingerprint(db, pool),
    ]);
    if (indexed !== rows) repaired += await reconcile(context, pool);
  });
  context.report(`${repaired} entries repaired`, repaired);
};

/** Reconciles one pool, or all of them. */
export const reconcileIndex: Processor<typeof job> = async ({ pool }, context) => {
  if (pool) await reconcile(context, pool);
  else await reconcileAll(context);
};

/** Make every pool's index equal to its table. Also run at the start of a worker and in every new epoch. */
export async function reconcileAll(context: JobContext): Promise<void> {
  let repaired = 0;
  await forEachPool((await poolsToSweep(context)).all, async (pool) => {
    repaired += await reconcile(context, pool);
  });
  context.report(`${repaired} entries repaired`, repaired);
}

/** Add waiting rows that are not indexed, and remove entries without a waiting row. */
export async function reconcile(context: JobContext, pool: string): Promise<number> {
  const note = await beginRebuild(context.redis, pool);
  const ghosts = await removeGhosts(context, pool);
  const missing = await addMissing(context, pool);
  // A pass waits for the marker, so it is enqueued even if nothing was missing.
  const isComplete = await endRebuild(context.redis, pool, note);
  const { tryEnqueue, requestId } = context;
  await tryEnqueue(isComplete ? matchPass : reconcileJob, { pool }, { requestId });
  return ghosts + missing;
}

/** Entries are read before rows, so that an entry added meanwhile is not mistaken for a ghost. */
async function removeGhosts({ db, redis }: JobContext, pool: string): Promise<number> {
  let removed = 0;
  let cursor = '0';
  do {
    const { next, ids } = await scanIndex(redis, pool, cursor);
    const versions = await indexedVersions(redis, pool, ids);
    const waiting = new Set((await stillWaiting(db, ids)).map(({ id }) => id));
    for (const [at, id] of ids.entries()) {
      if (waiting.has(id)) continue;
      const version = versions[at] ?? Number.MAX_SAFE_INTEGER;
      if (await removeRequest(redis, { pool, id, version })) removed += 1;
    }
    cursor = next;
  } while (cursor !== '0');
  return removed;
}

async function addMissing(context: JobContext, pool: string): Promise<number> {
  const { db, redis } = context;
  let added = 0;
  let after = NIL;
  for (let full = true; full; ) {
    const rows = await pageOfWaiting(db, pool, after, PAGE);
    full = rows.length === PAGE;
    after = rows.at(-1)?.id ?? after;
    const versions = await indexedVersions(
      redis,
      pool,
      rows.map(({ id }) => id),
    );
    const missing = rows.filter((row, at) => (versions[at] ?? 0) < row.version);
    await indexRequests(context, missing, context.config.MATCH_RELAX_SECONDS);
    added += missing.length;
    await takeBackGhosts(context, missing);
  }
  return added;
}

/** A row may have been matched between its page and its entry; such an entry is removed again. */
async function takeBackGhosts({ db, redis }: JobContext, added: RequestRow[]): Promise<void> {
  if (added.length === 0) return;
  const waiting = new Set(
    (
      await stillWaiting(
        db,
        added.map(({ id }) => id),
      )
    ).map(({ id }) => id),
  );
  for (const row of added) {
    if (!waiting.has(row.id)) await removeRequest(redis, row);
  }
}
