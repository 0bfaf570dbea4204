import { newId } from '../../../ids.ts';
import { type Db, prepared, rowsOf } from '../../knex.ts';
import type { RedisClient } from '../../redis.ts';
import {
  leasePosition,
  movePosition,
  type RelayPosition,
  releasePosition,
  streamedLogs,
} from './relay-positions.ts';
import {
  appendEntries,
  type Groups,
  readStream,
  restoreGroups,
  STREAM_ENTRIES,
  type StreamEntry,
  streamOf,
} from './stream.ts';

interface Stores {
  db: Db;
  redis: RedisClient;
}

/** Entries of one write to Redis: about 350 KB, and two milliseconds of its time. */
const BATCH = 500;
/** Batches of one pass. A long log does not keep a worker for itself. */
const MAX_BATCHES = 40;

export interface Relayed {
  /** Entries that this pass appended to the stream. */
  sent: number;
  /** The log goes on after what this pass has sent. */
  isBehind: boolean;
}

/**
 * Copy what the stream of a log lacks, in order: lease, then append outside of any transaction, then move the
 * position. A crash between two of these repeats a step and skips no entry.
 *
 * The stream itself says where to go on, because only this function appends to it, and each append states where
 * the stream must end. The position says what must be there: if the stream ends before it, Redis has lost
 * data, and what is missing is sent again with the groups of the workers.
 */
export async function relayLog(
  { db, redis }: Stores,
  queueId: string,
  { batch = BATCH, batches = MAX_BATCHES } = {},
): Promise<Relayed> {
  const owner = newId();
  const position = await leasePosition(db, queueId, owner);
  if (!position) return { sent: 0, isBehind: false };
  let sent = 0;
  try {
    let from = await findStart({ db, redis }, queueId, position);
    if (from.isMoved && !(await movePosition(db, queueId, owner, from))) return lostAfter(sent);
    for (let n = 0; n < batches; n += 1) {
      const entries = await readEntries(db, queueId, from.after, batch);
      const newest = entries.at(-1)?.seq;
      if (newest === undefined) break;
      if ((await appendEntries(redis, queueId, from.seq, entries)) !== newest) {
        // The stream has changed since it was read: somebody whose lease is over, or a loss.
        from = await findStart({ db, redis }, queueId, from);
        continue;
      }
      sent += entries.length;
      from = { ...from, seq: newest, after: newest };
      if (!(await movePosition(db, queueId, owner, from))) return lostAfter(sent);
      if (entries.length < batch) break;
    }
  } catch (error) {
    await releasePosition(db, queueId, owner).catch(() => {});
    throw error;
  }
  return { sent, isBehind: await releasePosition(db, queueId, owner) };
}

/** Somebody else has the lease now, and relays the rest. */
const lostAfter = (sent: number): Relayed => ({ sent, isBehind: false });

interface Start extends RelayPosition {
  /** The seq after which entries are read; above `seq`, where the stream ends, when the rest is not kept. */
  after: number;
  /** The position does not say what the stream has. */
  isMoved: boolean;
}

/** Where a pass begins. It restores the groups of a stream that was lost. */
async function findStart(
  { db, redis }: Stores,
  queueId: string,
  known: RelayPosition,
): Promise<Start> {
  const stream = await readStream(redis, queueId);
  // Read after the stream, so it is no older.
  const head = await headOf(db, queueId);
  if (stream.last > head) return beginAgain(redis, queueId, stream.groups, head);
  const isLost = stream.last < known.seq;
  const groups = isLost ? { ...stream.groups, ...known.groups } : stream.groups;
  if (isLost) await restoreGroups(redis, queueId, known.groups, stream);
  return {
    seq: stream.last,
    after: Math.max(stream.last, head - STREAM_ENTRIES),
    groups,
    isMoved: !isLost && (stream.last !== known.seq || !isSame(groups, known.groups)),
  };
}

/** The stream is ahead of its log: the database is an older copy. The next entries would be refused as repeats. */
async function beginAgain(
  redis: RedisClient,
  queueId: string,
  ahead: Groups,
  head: number,
): Promise<Start> {
  const groups = Object.fromEntries(
    Object.entries(ahead).map(([name, seq]) => [name, Math.min(seq, head)]),
  );
  await redis.del(streamOf(queueId));
  await restoreGroups(redis, queueId, groups, { last: 0, groups: {} });
  return { seq: 0, after: Math.max(0, head - STREAM_ENTRIES), groups, isMoved: false };
}

const isSame = (one: Groups, other: Groups): boolean => {
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
  );
};

async function headOf(db: Db, queueId: string): Promise<number> {
  const [row] = await rowsOf<{ head: number }>(
    prepared(db, 'select q.event_seq::float8 as head from queues q where q.id = ?::bigint', [
      queueId,
    ]),
  );
  return row?.head ?? 0;
}

/** The log has no gaps, so neither has a page; what retention has removed is missing at its beginning only. */
const readEntries = async (
  db: Db,
  queueId: string,
  after: number,
  limit: number,
): Promise<StreamEntry[]> =>
  (
    await rowsOf<Omit<StreamEntry, 'at'> & { at: Date }>(
      prepared(
        db,
        `select e.seq::float8 as seq, 'ticket.' || e.type as type, e.at, e.ticket from ticket_events e
          where e.queue_id = ?::bigint and e.seq > ?::bigint order by e.seq limit ?::int`,
        [queueId, after, limit],
      ),
    )
  ).map(({ at, ...entry }) => ({ ...entry, at: at.toISOString() }));

/** Streams that are read at a time. */
const AT_ONCE = 100;

/**
 * Queues whose stream is not what it should be: entries of the log are missing, Redis has lost some, or its groups
 * have gone on and their places are not written down yet.
 */
export async function logsBehind({ db, redis }: Stores): Promise<string[]> {
  const logs = await streamedLogs(db);
  const behind = logs.filter(({ head, seq }) => head > seq).map(({ queueId }) => queueId);
  const level = logs.filter(({ head, seq }) => head <= seq);
  for (let at = 0; at < level.length; at += AT_ONCE) {
    const checked = level.slice(at, at + AT_ONCE).map(async ({ queueId, seq, groups }) => {
      // A stream that cannot be read is the failure of its own job, and of no other queue.
      const stream = await readStream(redis, queueId).catch(() => undefined);
      return stream?.last === seq && isSame(stream.groups, groups) ? [] : [queueId];
    });
    behind.push(...(await Promise.all(checked)).flat());
  }
  return behind;
}
