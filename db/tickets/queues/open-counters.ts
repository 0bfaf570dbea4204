import type { OpenCounters } from './eta.ts';
import type { QueueRow } from './queue-row.ts';

/** The counters of a queue. */
export interface QueueCounters extends OpenCounters {
  /** Whether any counter serves the queue, open or not. */
  isServed: boolean;
}

/** SQL: one row for the queue `q`. A counter is open while its lease lives, and free without a ticket. */
export const QUEUE_COUNTERS = `
  select count(oc.id)::int as open,
         (count(oc.id) filter (where a.id is null))::int as free,
         count(*) > 0 as "isServed"
    from counter_queues cq
    left join counters oc on oc.id = cq.counter_id
     and oc.state = 'open' and oc.lease_until > clock_timestamp()
    left join tickets a on a.counter_id = oc.id and a.state in ('called', 'processing')
   where cq.queue_id = q.id`;

/** Who serves a queue: its open counters. An automatic queue that no counter serves has workers outside. */
export const serversOf = (
  { mode, autoCapacity }: Pick<QueueRow, 'mode' | 'autoCapacity'>,
  { open, free, isServed }: QueueCounters,
): OpenCounters =>
  mode === 'auto' && !isServed ? { open: autoCapacity, free: 0 } : { open, free };
