import type { TicketState } from '../../../contract/tickets.ts';

/** A ticket as its writers see it. */
export interface TicketRow {
  id: string;
  queueId: string;
  prefix: string;
  number: number;
  state: TicketState;
  priority: number;
  /** Its place in the order, in microseconds since 1970. */
  effectiveAt: number;
  /** From when `call-next` may take it; null while its person is not here. */
  callableAt: Date | null;
  awayUntil: Date | null;
  /** Time away that counts against the limit of the queue. */
  awaySeconds: number;
  arrivedAt: Date | null;
  scheduledAt: Date | null;
  estimatedSeconds: number | null;
  notifyAhead: number | null;
  /** The signed-in owner; null for one who has only the claim. */
  userId: string | null;
  customerName: string | null;
  counterId: string | null;
  /** Of a reserved ticket: until when its worker has it. Of a ticket whose counter is lost: its last moment there. */
  leaseUntil: Date | null;
  calls: number;
  /** How often the no-show policy put it back. */
  requeues: number;
  /** The seq of its last call, which displays confirm. */
  callSeq: number | null;
  shownDisplays: number;
  ownerSeenAt: Date | null;
  nearAt: Date | null;
  overdueAt: Date | null;
  /** The wait that was promised when it was created (seconds), until it waits again or its wait is changed. */
  promisedP50: number | null;
  promisedP90: number | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;
  calledAt: Date | null;
  startedAt: Date | null;
  finishedAt: Date | null;
}

/** A `timestamptz` as microseconds: a double holds them exactly until the year 2255. */
export const MICROS = (column: string) => `(extract(epoch from ${column}) * 1000000)::float8`;

/** Columns of `tickets t` as a `TicketRow`. */
export const TICKET_COLUMNS = `t.id::text as id, t.queue_id::text as "queueId", t.prefix, t.number, t.state,
  t.priority, ${MICROS('t.effective_at')} as "effectiveAt", t.callable_at as "callableAt",
  t.away_until as "awayUntil", t.away_seconds as "awaySeconds", t.arrived_at as "arrivedAt",
  t.scheduled_at as "scheduledAt", t.estimated_seconds as "estimatedSeconds",
  t.notify_ahead as "notifyAhead", t.user_id as "userId", t.customer_name as "customerName",
  t.counter_id::text as "counterId", t.lease_until as "leaseUntil", t.calls, t.requeues,
  t.call_seq::float8 as "callSeq", t.shown_displays as "shownDisplays",
  t.owner_seen_at as "ownerSeenAt", t.near_at as "nearAt", t.overdue_at as "overdueAt",
  t.promised_p50 as "promisedP50", t.promised_p90 as "promisedP90", t.version,
  t.created_at as "createdAt", t.updated_at as "updatedAt", t.called_at as "calledAt",
  t.started_at as "startedAt", t.finished_at as "finishedAt"`;

/** `A042`: at least three digits. */
export const codeOf = ({ prefix, number }: Pick<TicketRow, 'prefix' | 'number'>): string =>
  `${prefix}${String(number).padStart(3, '0')}`;

/** The states of a ticket that has not ended. */
export const LIVE: readonly TicketState[] = ['waiting', 'called', 'processing', 'held'];
export const isLive = ({ state }: Pick<TicketRow, 'state'>): boolean => LIVE.includes(state);
/** SQL: the same, as the partial indexes have them. */
export const LIVE_STATES = `(${LIVE.map((state) => `'${state}'`).join(', ')})`;
export const isAtCounter = ({ state }: Pick<TicketRow, 'state'>): boolean =>
  state === 'called' || state === 'processing';

/** Microseconds as PostgreSQL reads them. */
export function timestampOf(micros: number): string {
  const ms = Math.floor(micros / 1000);
  const rest = String(micros - ms * 1000).padStart(3, '0');
  return `${new Date(ms).toISOString().slice(0, -1)}${rest}Z`;
}
