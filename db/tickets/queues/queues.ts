import { FoyerError } from '../../../contract/errors.ts';
import type { NewQueue, QueueChange } from '../../../contract/tickets.ts';
import { type Db, prepared, rowsOf, type Trx } from '../../knex.ts';
import { SERVED_QUEUES } from '../counters/counters.ts';
import { QUEUE_COLUMNS, type QueueRow } from './queue-row.ts';

/** @throws {FoyerError} queue.not_found */
export async function findQueue(db: Db, id: string): Promise<QueueRow> {
  const [row] = await rowsOf<QueueRow>(
    prepared(db, `select ${QUEUE_COLUMNS} from queues q where q.id = ?::bigint`, [id]),
  );
  if (!row) throw new FoyerError('queue.not_found');
  return row;
}

/** A page of queues, oldest first. */
export const listQueues = (
  db: Db,
  { after = '0', limit }: { after?: string | undefined; limit: number },
): Promise<QueueRow[]> =>
  rowsOf<QueueRow>(
    prepared(
      db,
      `select ${QUEUE_COLUMNS} from queues q where q.id > ?::bigint order by q.id limit ?::int`,
      [after, limit],
    ),
  );

/** Each setting with its column. `noShow` is two columns. */
const COLUMN_OF = {
  slug: 'slug',
  name: 'name',
  prefix: 'prefix',
  state: 'state',
  mode: 'mode',
  publicJoin: 'public_join',
  maxWaiting: 'max_waiting',
  priorityBoostSeconds: 'priority_boost_seconds',
  leaseSeconds: 'lease_seconds',
  earlyMinutes: 'early_minutes',
  timezone: 'timezone',
  autoCapacity: 'auto_capacity',
  targetWaitSeconds: 'target_wait_seconds',
  hours: 'hours',
  atClose: 'at_close',
  closeGraceSeconds: 'close_grace_seconds',
  awayMaxSeconds: 'away_max_seconds',
  requireArrival: 'require_arrival',
  stream: 'stream',
} as const satisfies Partial<Record<keyof NewQueue, string>>;
type Column = keyof typeof COLUMN_OF;

/** Settings as column → value. */
function columnsOf(settings: Partial<NewQueue>): Record<string, unknown> {
  const columns: Record<string, unknown> = {};
  for (const [name, column] of Object.entries(COLUMN_OF) as [Column, string][]) {
    const value = settings[name];
    if (value === undefined) continue;
    columns[column] = name === 'hours' && value !== null ? JSON.stringify(value) : value;
  }
  if (settings.noShow) {
    columns['no_show_max_calls'] = settings.noShow.maxCalls;
    columns['no_show_requeue_after'] = settings.noShow.requeueAfter;
  }
  return columns;
}

const SLUG_TAKEN = '23505';

/**
 * Change the settings of a queue under its lock: what is decided with the old ones is committed before.
 * @throws {FoyerError} queue.not_found · queue.stale_version · queue.slug_taken
 */
export async function changeQueue(
  db: Db,
  id: string,
  { version, ...settings }: QueueChange,
): Promise<QueueRow> {
  try {
    return await db.transaction(async (trx) => {
      // Counters come before queues in the order of locks.
      const isLease = settings.leaseSeconds !== undefined;
      const counters = isLease ? await lockCountersOf(trx, id) : [];
      const [row] = await rowsOf<{ version: number }>(
        trx.raw('select version from queues where id = ?::bigint for no key update', [id]),
      );
      if (!row) throw new FoyerError('queue.not_found');
      if (row.version !== version) throw new FoyerError('queue.stale_version');
      await trx('queues')
        .where({ id })
        .update({
          ...columnsOf(settings as Partial<NewQueue>),
          version: version + 1,
          updated_at: trx.fn.now(),
        });
      if (counters.length > 0)
        await trx.raw(`update counters c set ${SERVED_QUEUES} where c.id = any(?::bigint[])`, [
          counters,
        ]);
      return findQueue(trx, id);
    });
  } catch (error) {
    throw asSlugTaken(error);
  }
}

const lockCountersOf = async (trx: Trx, queueId: string): Promise<string[]> =>
  (
    await rowsOf<{ id: string }>(
      trx.raw(
        `select c.id::text as id from counters c
          where c.id = any(array(
            select cq.counter_id from counter_queues cq where cq.queue_id = ?::bigint))
          order by c.id for no key update`,
        [queueId],
      ),
    )
  ).map(({ id }) => id);

/** The unique index decides between two queues with one slug. */
export const asSlugTaken = (error: unknown): unknown =>
  (error as { code?: unknown } | null)?.code === SLUG_TAKEN
    ? new FoyerError('queue.slug_taken')
    : error;
