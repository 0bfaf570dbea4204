import type { EventType, LoggedTicket, TicketState } from '../../../contract/tickets.ts';
import type { EntryFacts } from '../../../db/tickets/log/log-entry.ts';
import { compareOrder } from '../../../db/tickets/tickets/order.ts';

/** A row of `ticket_events`. */
export interface LogRow {
  queueId: string;
  seq: number;
  ticketId: string;
  type: EventType;
  at: Date;
  version: number;
  counterId: string | null;
  ticket: LoggedTicket;
  facts: EntryFacts;
}

/** A ticket as the log alone gives it. Times are in milliseconds, places in microseconds. */
export interface Replayed {
  id: string;
  queueId: string;
  state: TicketState;
  code: string;
  priority: number;
  effectiveAt: number;
  counterId: string | null;
  calls: number;
  requeues: number;
  awayUntil: number | null;
  arrivedAt: number | null;
  version: number;
  /** Of its last change. */
  updatedAt: number;
}

export interface ReplayedQueue {
  seq: number;
  waiting: number;
  /** The last number that was given out. */
  numberLast: number;
  /** Ids of those who wait, in call order. */
  order: string[];
}

const LIVE: readonly TicketState[] = ['waiting', 'called', 'processing', 'held'];
/** What each type makes of a ticket, and from which states it is legal. */
const CHANGES: Readonly<
  Record<EventType, readonly [from: readonly TicketState[], to: TicketState]>
> = {
  created: [[], 'waiting'],
  called: [['waiting'], 'called'],
  recalled: [['called'], 'called'],
  started: [['called'], 'processing'],
  progressed: [['processing'], 'processing'],
  completed: [['processing'], 'done'],
  no_show: [['waiting', 'called'], 'no_show'],
  returned: [['called', 'processing', 'held'], 'waiting'],
  transferred: [LIVE, 'waiting'],
  held: [['processing'], 'held'],
  resumed: [['held'], 'processing'],
  cancelled: [['waiting', 'called', 'held'], 'cancelled'],
  postponed: [['waiting'], 'waiting'],
  reopened: [['done', 'no_show', 'cancelled'], 'waiting'],
  arrived: [['waiting'], 'waiting'],
  away: [['waiting'], 'waiting'],
  back: [['waiting'], 'waiting'],
  reserved: [['waiting'], 'processing'],
  counter_lost: [['processing'], 'processing'],
  near: [['waiting'], 'waiting'],
  overdue: [['waiting'], 'waiting'],
};

/**
 * All tickets and queues, from the log alone: the type and the facts of each entry make the next state, and the ticket
 * that the entry carries has to agree with it.
 * @param rows of all queues between which tickets moved, in any order
 * @throws {Error} for a log that no legal history has
 */
export function replay(rows: readonly LogRow[]) {
  const queues = replayQueues(rows);
  const tickets = new Map<string, Replayed>();
  for (const [id, own] of groupBy(rows, ({ ticketId }) => ticketId)) {
    // A transfer is in two logs with one version; the queue that it came to has its facts.
    const history = own
      .filter(({ queueId, ticket }) => queueId === ticket.queueId)
      .sort((one, other) => one.version - other.version);
    let state: Replayed | undefined;
    for (const [at, row] of history.entries()) {
      enforce(row.version === at + 1, `ticket ${id} has no version ${at + 1}`);
      const left = own.length - history.length;
      enforce(
        left === history.filter(({ type }) => type === 'transferred').length,
        `copies of ${id}`,
      );
      const next = apply(state, row);
      enforce(agrees(next, row.ticket), `${row.type} of ${id} carries another ticket`);
      if (state === undefined || state.code !== next.code)
        numbered(queues, row.queueId, row.seq, next.code);
      state = next;
    }
    if (state) tickets.set(id, state);
  }
  for (const [id, queue] of queues) {
    const waiting = [...tickets.values()].filter(
      (ticket) => ticket.queueId === id && ticket.state === 'waiting',
    );
    queue.order = waiting.sort(compareOrder).map((ticket) => ticket.id);
    queue.waiting = waiting.length;
  }
  return { tickets, queues };
}

function apply(before: Replayed | undefined, row: LogRow): Replayed {
  const { type, facts, ticket, version, at } = row;
  const [from, to] = CHANGES[type];
  const isLegal = before ? from.includes(before.state) : type === 'created';
  enforce(isLegal, `${type} of ${row.ticketId}, which is ${before?.state}`);
  const isRequeued = type === 'no_show' && facts.requeued === true;
  const state = isRequeued ? 'waiting' : to;
  const waitsAgain =
    isRequeued || type === 'returned' || type === 'reopened' || type === 'transferred';
  const isCall = type === 'called' || type === 'resumed';
  const base: Omit<Replayed, 'state' | 'version' | 'updatedAt' | 'id'> = before ?? {
    ...{ queueId: row.queueId, code: ticket.code, priority: 0, effectiveAt: 0 },
    ...{ counterId: null, calls: 0, requeues: 0, awayUntil: null, arrivedAt: null },
  };
  const isGone = waitsAgain || type === 'called' || type === 'reserved' || !LIVE.includes(state);
  return {
    ...base,
    id: row.ticketId,
    queueId: row.queueId,
    state,
    // Only these three may give out a number.
    code: type === 'transferred' || type === 'reopened' ? ticket.code : base.code,
    priority: facts.priority ?? base.priority,
    effectiveAt: facts.effectiveAt ?? base.effectiveAt,
    counterId: waitsAgain ? null : isCall ? row.counterId : base.counterId,
    calls: waitsAgain ? 0 : type === 'called' ? 1 : base.calls + (type === 'recalled' ? 1 : 0),
    requeues: type === 'transferred' ? 0 : base.requeues + (isRequeued ? 1 : 0),
    awayUntil:
      type === 'away' ? (facts.untilMs ?? 0) : type === 'back' || isGone ? null : base.awayUntil,
    arrivedAt: type === 'arrived' ? at.getTime() : base.arrivedAt,
    version,
    updatedAt: at.getTime(),
  };
}

const agrees = (next: Replayed, { id, ...ticket }: LoggedTicket): boolean =>
  id === next.id &&
  ticket.queueId === next.queueId &&
  ticket.state === next.state &&
  ticket.code === next.code &&
  ticket.counterId === next.counterId &&
  ticket.calls === next.calls &&
  ticket.priority === next.priority &&
  ticket.version === next.version;

function replayQueues(rows: readonly LogRow[]): Map<string, ReplayedQueue & { at: number }> {
  const queues = new Map<string, ReplayedQueue & { at: number }>();
  for (const [id, own] of groupBy(rows, ({ queueId }) => queueId)) {
    const seqs = own.map(({ seq }) => seq).sort((one, other) => one - other);
    enforce(
      seqs.every((seq, at) => seq === at + 1),
      `the log of ${id} has a gap`,
    );
    queues.set(id, { seq: seqs.length, waiting: 0, numberLast: 0, order: [], at: 0 });
  }
  return queues;
}

/** The last number of a queue is the one with the highest seq. */
function numbered(
  queues: Map<string, ReplayedQueue & { at: number }>,
  queueId: string,
  seq: number,
  code: string,
): void {
  const queue = queues.get(queueId);
  if (!queue || seq < queue.at) return;
  queue.at = seq;
  queue.numberLast = Number(code.match(/\d+$/)?.[0]);
}

function groupBy<Row>(rows: readonly Row[], of: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(of(row), [...(groups.get(of(row)) ?? []), row]);
  return groups;
}

function enforce(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}
