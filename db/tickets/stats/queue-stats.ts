import { type Db, rowsOf } from '../../knex.ts';

/** A queue as operators see it. */
export interface QueueStats {
  id: string;
  name: string;
  state: 'open' | 'paused' | 'closed';
  mode: 'counter' | 'auto';
  targetWaitSeconds: number;
  waiting: number;
  /** Rows that wait, counted to `MOST_COUNTED` + 1. */
  rows: number;
  /** The longest wait of the first people who may be called; null when nobody may. */
  longestSeconds: number | null;
  openCounters: number;
  /** How many events are not in the stream yet; null for a queue without a stream. */
  behind: number | null;
}

/** A queue may have 200,000 waiting people. */
export const MOST_COUNTED = 2_000;
/** The longest wait is one of the first people of the queue. */
const HEAD = 20;

/** Every queue; there are at most a thousand. One statement, so that counts and rows are of one moment. */
export const queueStats = (db: Db): Promise<QueueStats[]> =>
  rowsOf<QueueStats>(
    db.raw(
      `select q.id::text as id, q.name, q.state, q.mode, q.target_wait_seconds as "targetWaitSeconds",
              q.waiting, w.rows, h.longest as "longestSeconds", c.open as "openCounters",
              case when q.mode = 'auto' or q.stream
                   then greatest(0, q.event_seq - coalesce(p.seq, 0))::float8 end as behind
         from queues q
         left join log_positions p on p.log = 'tickets:' || q.id
        cross join lateral (
          select count(*)::int as rows from (
            select from tickets t where t.queue_id = q.id and t.state = 'waiting'
             order by t.effective_at, t.id limit ${MOST_COUNTED + 1}) as counted) as w
        cross join lateral (
          select (max(extract(epoch from clock_timestamp() - greatest(t.created_at, t.scheduled_at)))
                   filter (where t.callable_at <= clock_timestamp()))::float8 as longest
            from (select a.* from tickets a where a.queue_id = q.id and a.state = 'waiting'
                   order by a.effective_at, a.id limit ${HEAD}) as t) as h
        cross join lateral (
          select count(*)::int as open from counter_queues cq
            join counters o on o.id = cq.counter_id and o.state = 'open'
             and o.lease_until > clock_timestamp()
           where cq.queue_id = q.id) as c
        order by q.id`,
    ),
  );

export interface RecentCalls {
  calls: number;
  /** Older calls of these minutes were not read. */
  isMore: boolean;
}

export const CALL_MINUTES = 5;
/** Of each queue: the newest events, by key. */
const MOST_EVENTS = 1_000;

/** Calls of the last minutes in these queues. */
export async function recentCalls(
  db: Db,
  queueIds: readonly string[],
): Promise<Map<string, RecentCalls>> {
  const rows = await rowsOf<RecentCalls & { id: string }>(
    db.raw(
      `select q.id::text as id,
              count(*) filter (where e.is_recent and e.type in ('called', 'reserved'))::int as calls,
              count(*) filter (where e.is_recent) >= ${MOST_EVENTS} as "isMore"
         from queues q
        cross join lateral (
          select l.type, l.at > clock_timestamp() - interval '${CALL_MINUTES} minutes' as is_recent
            from ticket_events l where l.queue_id = q.id order by l.seq desc limit ${MOST_EVENTS}) as e
        where q.id = any(?::bigint[])
        group by q.id`,
      [queueIds as string[]],
    ),
  );
  return new Map(rows.map(({ id, ...calls }) => [id, calls]));
}

export interface CounterStats {
  open: number;
  paused: number;
  /** Open counters and reserved tickets whose lease ended more than `LATE_SECONDS` ago. */
  expired: number;
}

/** The sweep looks every five seconds, and after a gap once more. */
export const LATE_SECONDS = 30;

export async function counterStats(db: Db): Promise<CounterStats> {
  const [row] = await rowsOf<CounterStats>(
    db.raw(
      `with late as (select clock_timestamp() - make_interval(secs => ${LATE_SECONDS}) as since)
       select (select count(*) from counters c where c.state = 'open')::int as open,
              (select count(*) from counters c where c.state = 'paused')::int as paused,
              ((select count(*) from counters c where c.state = 'open' and c.lease_until < l.since)
               + (select count(*) from queues q
                   join tickets t on t.queue_id = q.id and t.state in ('called', 'processing', 'held')
                  where t.state = 'processing' and t.lease_until < l.since))::int as expired
         from late l`,
    ),
  );
  return row ?? { open: 0, paused: 0, expired: 0 };
}
