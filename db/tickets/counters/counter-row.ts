import type { Counter } from '../../../contract/tickets.ts';

/** A counter as its writers see it. */
export interface CounterRow {
  id: string;
  name: string;
  state: Counter['state'];
  pauseReason: string | null;
  /** It was paused because its lease ran out, and nobody has changed its state since. */
  isLost: boolean;
  stateSince: Date;
  leaseUntil: Date | null;
  version: number;
  /** The queues that it serves. */
  queueIds: string[];
  /** The shortest lease of its queues. */
  leaseSeconds: number;
  /** Its called or processing ticket. */
  ticketId: string | null;
}

/** Columns of `counters c`, without its ticket. */
export const COUNTER_COLUMNS = `c.id::text as id, c.name, c.state, c.pause_reason as "pauseReason",
  c.is_lost as "isLost",
  c.state_since as "stateSince", c.lease_until as "leaseUntil", c.version,
  c.queue_ids::text[] as "queueIds", c.lease_seconds as "leaseSeconds"`;

/** What it serves now. */
export const COUNTER_TICKET = `
  (select t.id::text from tickets t
    where t.counter_id = c.id and t.state in ('called', 'processing') limit 1) as "ticketId"`;

/** The counter as staff see it. */
export const renderCounter = (row: CounterRow): Counter => ({
  id: row.id,
  name: row.name,
  queueIds: row.queueIds,
  state: row.state,
  pauseReason: row.pauseReason,
  ticketId: row.ticketId,
  leaseUntil: row.leaseUntil?.toISOString() ?? null,
  stateSince: row.stateSince.toISOString(),
  version: row.version,
});
