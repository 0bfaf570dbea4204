import { rowsOf, type Trx } from '../../knex.ts';
import type { ReportScope } from './report-scope.ts';

/** How one counter spent one bucket (seconds). */
export interface CounterTimeRow {
  /** From 1. */
  bucket: number;
  counterId: string;
  counterName: string | null;
  open: number;
  paused: number;
  busy: number;
}

/** After these events a ticket is at a counter, when they name one. */
const AT_COUNTER = `('called', 'recalled', 'started', 'progressed', 'resumed', 'counter_lost')`;

/**
 * Spans of time, cut at the buckets. A counter is busy from a call until the ticket leaves it, with tickets of
 * this queue; it is open or paused for all of its queues. A span without an end lasts until now. A ticket that
 * has been at a counter for more than a day without any event is not seen.
 */
const COUNTER_TIMES = `
with touched as materialized (
  select distinct e.ticket_id from ticket_events e
   where e.queue_id = :queueId::bigint and e.at < :to::timestamptz
     and e.at >= :from::timestamptz - interval '1 day'
     and e.type in ${AT_COUNTER} and e.counter_id is not null),
steps as (
  select e.counter_id, e.type, e.at as starts,
         coalesce(lead(e.at) over (partition by e.ticket_id order by e.version), :now::timestamptz) as ends
    from touched x
    join ticket_events e on e.ticket_id = x.ticket_id and e.queue_id = :queueId::bigint),
busy as (
  select s.counter_id, 'busy' as kind, s.starts, s.ends from steps s
   where s.type in ${AT_COUNTER} and s.counter_id is not null
     and s.ends > :from::timestamptz and s.starts < :to::timestamptz),
known as (
  select cq.counter_id from counter_queues cq where cq.queue_id = :queueId::bigint
   union select b.counter_id from busy b),
states as (
  select k.counter_id, s.state as kind, s.at as starts,
         coalesce(lead(s.at) over (partition by k.counter_id order by s.at), :now::timestamptz) as ends
    from known k
   cross join lateral (
     (select o.at, o.state from counter_states o
       where o.counter_id = k.counter_id and o.at < :from::timestamptz order by o.at desc limit 1)
     union all
     (select i.at, i.state from counter_states i
       where i.counter_id = k.counter_id and i.at >= :from::timestamptz and i.at < :to::timestamptz)) as s),
spans as (
  select * from busy union all select * from states where kind in ('open', 'paused')),
pieces as (
  select s.counter_id, s.kind, n as bucket,
         extract(epoch from least(s.ends, :to::timestamptz, :now::timestamptz, (:starts::timestamptz[])[n + 1])
                 - greatest(s.starts, :from::timestamptz, (:starts::timestamptz[])[n]))::float8 as seconds
    from spans s
   cross join generate_series(
     greatest(1, width_bucket(s.starts, :starts::timestamptz[])),
     width_bucket(least(s.ends, :to::timestamptz), :starts::timestamptz[])) as n)
select p.bucket, p.counter_id::text as "counterId", c.name as "counterName",
       coalesce(sum(p.seconds) filter (where p.kind = 'open'), 0)::float8 as open,
       coalesce(sum(p.seconds) filter (where p.kind = 'paused'), 0)::float8 as paused,
       coalesce(sum(p.seconds) filter (where p.kind = 'busy'), 0)::float8 as busy
  from pieces p left join counters c on c.id = p.counter_id
 where p.seconds > 0
 group by p.bucket, p.counter_id, c.name
 limit :limit::int`;

/** How the counters of a queue spent each bucket. */
export const readCounterTimes = (trx: Trx, scope: ReportScope): Promise<CounterTimeRow[]> =>
  rowsOf<CounterTimeRow>(trx.raw(COUNTER_TIMES, { ...scope }));
