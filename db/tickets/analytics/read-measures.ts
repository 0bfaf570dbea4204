import { rowsOf, type Trx } from '../../knex.ts';
import type { ReportScope } from './report-scope.ts';

/** What was counted in one bucket, or in all of them, at one counter or at all. */
export interface MeasuresRow {
  /** From 1; null for the entire range. */
  bucket: number | null;
  /** Null for all counters, and what no counter did. */
  counterId: string | null;
  arrivals: number;
  served: number;
  noShows: number;
  cancelled: number;
  /** p50, p90 and p95 in seconds; null without any. */
  waits: number[] | null;
  services: number[] | null;
  withinTarget: number | null;
  coverage50: number | null;
  coverage90: number | null;
  promises: number;
}

/** Types of the log that decide about a wait or an end. */
const TYPES = `('created', 'transferred', 'called', 'reserved', 'completed', 'no_show', 'cancelled',
  'reopened', 'postponed', 'away', 'arrived')`;

/**
 * Everything that happened in a range. The entire history of its tickets is read, because an end counts only
 * when nobody has reopened the ticket since, and only the first call of a stay ends a wait. A stay lasts
 * from an arrival in this queue (new, or transferred) until the ticket leaves it. A transfer names the new place
 * only in the log of the queue that it goes to. An appointment waits from its time, or from its person's arrival
 * after it.
 */
const MEASURES = `
with touched as materialized (
  select distinct e.ticket_id from ticket_events e
   where e.queue_id = :queueId::bigint and e.at >= :from::timestamptz and e.at < :to::timestamptz
     and e.type in ${TYPES}),
history as (
  select e.ticket_id, e.version, e.queue_id = :queueId::bigint as is_here, e.type, e.at, e.counter_id,
         case when e.type in ('created', 'transferred', 'no_show') then e.facts::jsonb end as facts
    from touched x join ticket_events e on e.ticket_id = x.ticket_id
   where e.type in ${TYPES} and (e.queue_id = :queueId::bigint or e.type = 'reopened')),
steps as (
  select h.*,
         h.is_here and (h.type = 'created'
           or h.type = 'transferred' and (h.facts ->> 'effectiveAt') is not null) as is_arrival,
         to_timestamp((h.facts ->> 'scheduledAt')::float8 / 1000000) as scheduled_at,
         h.is_here and h.type in ('called', 'reserved') as is_call,
         h.is_here and (h.type in ('completed', 'cancelled')
           or h.type = 'no_show' and (h.facts ->> 'requeued') is null) as is_end
    from history h),
stays as (
  select s.*,
         count(*) filter (where s.is_arrival) over so_far as stay,
         max(s.at) filter (where s.is_call) over so_far as last_call,
         max(s.version) filter (where s.type = 'reopened') over (partition by s.ticket_id) as reopened
    from steps s
  window so_far as (partition by s.ticket_id order by s.version)),
waits as (
  select s.*,
         count(*) filter (where s.is_call) over so_far = 1 and s.is_call and s.stay > 0 as is_first_call,
         count(*) filter (where s.type in ('postponed', 'away', 'no_show', 'reopened')) over so_far = 0
           as is_plain,
         greatest(max(s.at) filter (where s.is_arrival) over so_far,
                  max(s.scheduled_at) filter (where s.is_arrival) over so_far,
                  case when max(s.scheduled_at) filter (where s.is_arrival) over so_far is not null
                       then max(s.at) filter (where s.type = 'arrived') over so_far end) as since,
         max((s.facts #>> '{promised,p50}')::float8) filter (where s.type = 'created') over so_far as p50,
         max((s.facts #>> '{promised,p90}')::float8) filter (where s.type = 'created') over so_far as p90
    from stays s
  window so_far as (partition by s.ticket_id, s.stay order by s.version)),
facts as (
  select width_bucket(w.at, :starts::timestamptz[]) as bucket, w.counter_id, w.type, w.is_arrival, w.is_end,
         case when w.is_first_call
              then greatest(0, extract(epoch from w.at - w.since))::float8 end as wait,
         case when w.is_end and w.type = 'completed'
              then extract(epoch from w.at - w.last_call)::float8 end as service,
         case when w.is_first_call and w.is_plain then w.p50 end as p50,
         case when w.is_first_call and w.is_plain then w.p90 end as p90
    from waits w
   where w.is_here and w.at >= :from::timestamptz and w.at < :to::timestamptz
     and (w.is_arrival or w.is_first_call or w.is_end and w.version > coalesce(w.reopened, 0)))
select f.bucket, f.counter_id::text as "counterId",
       count(*) filter (where f.is_arrival)::int as arrivals,
       count(*) filter (where f.is_end and f.type = 'completed')::int as served,
       count(*) filter (where f.is_end and f.type = 'no_show')::int as "noShows",
       count(*) filter (where f.is_end and f.type = 'cancelled')::int as cancelled,
       percentile_disc(array[0.5, 0.9, 0.95]) within group (order by f.wait) as waits,
       percentile_disc(array[0.5, 0.9, 0.95]) within group (order by f.service) as services,
       avg((f.wait <= :target::int)::int)::float8 as "withinTarget",
       avg((f.wait <= f.p50)::int) filter (where f.p50 > 0)::float8 as coverage50,
       avg((f.wait <= f.p90)::int)::float8 as coverage90,
       count(f.p90)::int as promises
  from facts f
 group by grouping sets ((), (f.bucket), (f.bucket, f.counter_id))
having grouping(f.counter_id) = 1 or f.counter_id is not null
 limit :limit::int`;

/** The measures of each bucket in which something happened, in total and for each counter, and of the range. */
export const readMeasures = (trx: Trx, scope: ReportScope): Promise<MeasuresRow[]> =>
  rowsOf<MeasuresRow>(trx.raw(MEASURES, { ...scope }));
