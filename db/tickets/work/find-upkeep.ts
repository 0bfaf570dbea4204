import { type Db, prepared, rowsOf } from '../../knex.ts';
import { QUEUE_COLUMNS, type QueueRow } from '../queues/queue-row.ts';
import { type FoundChange, isDayOver } from './upkeep-command.ts';

/** The largest `notifyAhead`. */
const NEAR_WINDOW = 51;
const PAGE = 500;

const idsAs = (kind: FoundChange['kind'], rows: readonly { id: string }[]): FoundChange[] =>
  rows.map(({ id }) => ({ ticketId: id, kind }));

/** Tickets whose turn is near and who have not been told, of one queue or of all. */
export const findNear = async (db: Db, queueId: string | null): Promise<FoundChange[]> =>
  idsAs(
    'near',
    await rowsOf<{ id: string }>(
      prepared(
        db,
        `select n.id::text as id
           from (select q.id from queues q where q.waiting > 0 and (?::bigint is null or q.id = ?::bigint)) as q
          cross join lateral (
            select f.* from (
              select t.id, t.notify_ahead, t.near_at,
                     row_number() over (order by t.effective_at, t.id) - 1 as position
                from (select w.* from tickets w
                       where w.queue_id = q.id and w.state = 'waiting'
                       order by w.effective_at, w.id limit ${NEAR_WINDOW}) as t) as f
             where f.near_at is null and f.notify_ahead is not null
               and f.position <= f.notify_ahead) as n
          limit ${PAGE}`,
        [queueId, queueId],
      ),
    ),
  );

/** Waiting tickets over the target of their queue that nobody has been told of. */
export const findOverdue = async (db: Db): Promise<FoundChange[]> =>
  idsAs(
    'overdue',
    await rowsOf<{ id: string }>(
      prepared(
        db,
        `select t.id::text as id from queues q
          cross join lateral (
            select w.id from tickets w
             where w.queue_id = q.id and w.state = 'waiting' and w.overdue_at is null
               and w.effective_at <= clock_timestamp() - make_interval(secs => q.target_wait_seconds)
               and w.callable_at is not null
               and greatest(w.created_at, w.scheduled_at,
                     case when w.scheduled_at is not null then w.arrived_at end)
                   <= clock_timestamp() - make_interval(secs => q.target_wait_seconds)
             order by w.effective_at, w.id limit ${PAGE}) as t
          where q.waiting > 0
          limit ${PAGE}`,
        [],
      ),
    ),
  );

/** Automatic queues with somebody who may be called. */
export const queuesToDispatch = async (db: Db): Promise<string[]> =>
  (
    await rowsOf<{ id: string }>(
      db.raw("select q.id::text as id from queues q where q.mode = 'auto' and q.waiting > 0"),
    )
  ).map(({ id }) => id);

/** Tickets at counters that lost their lease, and those whose own lease was over at the previous check. */
export const findLost = async (db: Db, previous: Date): Promise<FoundChange[]> => {
  const rows = await rowsOf<{ id: string; kind: 'counter_lost' | 'lease_over' }>(
    db.raw(
      `select t.id::text as id, 'counter_lost' as kind
         from counters c join tickets t on t.counter_id = c.id and t.state in ('called', 'processing')
        where c.is_lost and t.lease_until is null
        union all
       select t.id::text, 'lease_over'
         from queues q
         join tickets t on t.queue_id = q.id and t.state in ('called', 'processing', 'held')
        where t.state = 'processing' and t.lease_until < :previous
        limit ${PAGE}`,
      { previous },
    ),
  );
  return rows.map(({ id, kind }) => ({ ticketId: id, kind }));
};

/** Tickets that are left in queues whose day is over. */
export async function findLeftOver(db: Db): Promise<FoundChange[]> {
  const rows = await rowsOf<QueueRow & { now: Date }>(
    db.raw(
      `select ${QUEUE_COLUMNS}, clock_timestamp() as now from queues q
        where q.at_close = 'cancel' and q.hours is not null`,
    ),
  );
  const over = rows.filter((queue) => isDayOver(queue, queue.now)).map(({ id }) => id);
  if (over.length === 0) return [];
  const left = await rowsOf<{ id: string }>(
    db.raw(
      `select t.id::text as id from unnest(?::bigint[]) as q (id)
        cross join lateral (
          (select w.id from tickets w
            where w.queue_id = q.id and w.state = 'waiting'
              and (w.scheduled_at is null or w.scheduled_at <= clock_timestamp())
            order by w.effective_at, w.id limit ${PAGE})
          union all
          (select h.id from tickets h
            where h.queue_id = q.id and h.state in ('called', 'processing', 'held')
              and h.state = 'held' limit ${PAGE})) as t`,
      [over],
    ),
  );
  return idsAs('end_of_day', left);
}
