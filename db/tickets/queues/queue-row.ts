import type { OpeningHours, Queue } from '../../../contract/tickets.ts';
import type { EtaState } from './eta.ts';

/** A call as the board shows it. */
export interface LastCall {
  ticketId: string;
  code: string;
  counter: string | null;
  calledAt: string;
}

/** The settings of a queue. */
export interface QueueSettings extends Omit<Queue, 'hours'> {
  hours: OpeningHours[] | null;
}

/** A queue with what its writers keep exact under its lock. */
export interface QueueRow extends QueueSettings {
  /** The head of its log. */
  seq: number;
  /** How many tickets wait. */
  waiting: number;
  /** The business day of `numberLast` in the zone of the queue, `YYYY-MM-DD`. */
  numberDay: string | null;
  numberLast: number;
  /** Newest first, at most ten. */
  lastCalled: readonly LastCall[];
  eta: EtaState;
}

const SETTINGS = `q.id::text as id, q.slug, q.name, q.prefix, q.state, q.mode, q.public_join as "publicJoin",
  q.max_waiting as "maxWaiting", q.priority_boost_seconds as "priorityBoostSeconds",
  q.lease_seconds as "leaseSeconds",
  json_build_object('maxCalls', q.no_show_max_calls, 'requeueAfter', q.no_show_requeue_after) as "noShow",
  q.early_minutes as "earlyMinutes", q.timezone, q.auto_capacity as "autoCapacity",
  q.target_wait_seconds as "targetWaitSeconds", q.hours, q.at_close as "atClose",
  q.close_grace_seconds as "closeGraceSeconds", q.away_max_seconds as "awayMaxSeconds",
  q.require_arrival as "requireArrival", q.stream, q.version`;

/** Columns of `queues q` as a `QueueRow`. */
export const QUEUE_COLUMNS = `${SETTINGS}, q.event_seq::float8 as seq, q.waiting,
  q.number_day::text as "numberDay", q.number_last as "numberLast", q.last_called as "lastCalled", q.eta`;

/** The queue as staff see it. */
export const renderQueue = ({
  seq: _seq,
  waiting: _waiting,
  numberDay: _day,
  numberLast: _last,
  lastCalled: _called,
  eta: _eta,
  ...settings
}: QueueRow): Queue => settings;
