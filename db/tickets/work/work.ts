import type { EventType } from '../../../contract/tickets.ts';
import type { CounterRow } from '../counters/counter-row.ts';
import type { EntryFacts } from '../log/log-entry.ts';
import { loggedTicket, type Names } from '../log/logged-ticket.ts';
import type { QueueRow } from '../queues/queue-row.ts';
import { codeOf, isAtCounter, type TicketRow } from '../tickets/ticket-row.ts';

/** The fields that calls, service and the end of a ticket change. */
export const SERVING = [
  ...([
    'state',
    'counterId',
    'leaseUntil',
    'awayUntil',
    'calls',
    'callSeq',
    'shownDisplays',
  ] as const),
  ...(['ownerSeenAt', 'version', 'updatedAt', 'calledAt', 'startedAt', 'finishedAt'] as const),
] as const;
const serving: ReadonlySet<string> = new Set(SERVING);
const isServing = (name: string) => serving.has(name);

/** A change of a ticket, as its log row has it. */
export interface WrittenEvent {
  queueId: string;
  seq: number;
  type: EventType;
  at: Date;
  /** In its new version. */
  ticket: TicketRow;
  names: Names;
  /** The ticket as JSON, made once for the log, the pushes and the stream. */
  text: string;
  facts: EntryFacts;
  actorId: string | null;
  note: string | undefined;
  /** Of a transfer, the second of its two entries: in the log of the queue that the ticket enters. It alone has the facts. */
  isArrival: boolean;
}

/** What one transaction sees and changes: rows under their locks, then what becomes of them. */
export interface Work {
  /** Read under the locks. */
  now: Date;
  nowMicros: number;
  tickets: Map<string, TicketRow>;
  counters: Map<string, CounterRow>;
  queues: Map<string, QueueRow>;
  events: WrittenEvent[];
  created: Set<string>;
  changed: Set<string>;
  /** Those of the changed with another change than of `SERVING`: more columns are written. */
  moved: Set<string>;
  /** Counters whose lease is renewed. */
  renewed: Set<string>;
}

export const emptyWork = (): Pick<
  Work,
  'events' | 'created' | 'changed' | 'moved' | 'renewed'
> => ({
  events: [],
  created: new Set(),
  changed: new Set(),
  moved: new Set(),
  renewed: new Set(),
});

export interface Change {
  type: EventType;
  facts?: EntryFacts;
  /** Somebody of the staff. The log lasts longer than personal data, so it never names the owner. */
  actorId: string | null;
  note?: string | undefined;
}

/** @throws {Error} a queue that was not locked: a fault of the batch */
export function queueOf(work: Work, queueId: string): QueueRow {
  const queue = work.queues.get(queueId);
  if (!queue) throw new Error(`queue ${queueId} is not locked`);
  return queue;
}

/** Add a new ticket and its first event. */
export function addTicket(work: Work, ticket: TicketRow, change: Change): TicketRow {
  work.tickets.set(ticket.id, ticket);
  work.created.add(ticket.id);
  countWaiting(queueOf(work, ticket.queueId), ticket, 1);
  record(work, ticket, change);
  return ticket;
}

/** Change a ticket and write its event: a new version, and the next seq of its queue. */
export function changeTicket(
  work: Work,
  before: TicketRow,
  patch: Partial<TicketRow>,
  change: Change,
): TicketRow {
  const after = { ...before, ...patch, version: before.version + 1, updatedAt: work.now };
  work.tickets.set(after.id, after);
  if (!work.created.has(after.id)) work.changed.add(after.id);
  if (Object.keys(patch).some((name) => !isServing(name))) work.moved.add(after.id);
  if (before.state === 'waiting') countWaiting(queueOf(work, before.queueId), before, -1);
  if (after.state === 'waiting') countWaiting(queueOf(work, after.queueId), after, 1);
  moveCounter(work, before, after);
  // In the log of the queue that it leaves, it waits no more.
  if (before.queueId !== after.queueId)
    record(work, after, { ...change, facts: {} }, before.queueId);
  record(work, after, change, after.queueId, before.queueId !== after.queueId);
  return work.tickets.get(after.id) ?? after;
}

function record(
  work: Work,
  ticket: TicketRow,
  { type, facts = {}, actorId, note }: Change,
  queueId = ticket.queueId,
  isArrival = false,
): void {
  const queue = queueOf(work, queueId);
  queue.seq += 1;
  const isCall = type === 'called' || type === 'recalled';
  // A display confirms the seq of a call, so the ticket keeps it.
  const row = isCall
    ? { ...ticket, callSeq: queue.seq, shownDisplays: 0, ownerSeenAt: null }
    : ticket;
  if (row !== ticket) work.tickets.set(row.id, row);
  const names = namesOf(work, row);
  if (isCall) putOnBoard(queue, row, names, work.now);
  if (row.state === 'waiting' && type !== 'created') takeFromBoard(queue, row);
  work.events.push({
    ...{ queueId, seq: queue.seq, type, at: work.now, ticket: row, names, facts, actorId, note },
    text: JSON.stringify(loggedTicket(row, names)),
    isArrival,
  });
}

export const namesOf = (work: Work, { queueId, counterId }: TicketRow): Names => ({
  queueName: queueOf(work, queueId).name,
  counterName: (counterId && work.counters.get(counterId)?.name) || null,
});

const LAST_CALLED = 10;

function putOnBoard(queue: QueueRow, ticket: TicketRow, { counterName }: Names, now: Date): void {
  const call = {
    ticketId: ticket.id,
    code: codeOf(ticket),
    counter: counterName,
    calledAt: now.toISOString(),
  };
  const others = queue.lastCalled.filter(({ ticketId }) => ticketId !== ticket.id);
  queue.lastCalled = [call, ...others].slice(0, LAST_CALLED);
}

/** Somebody who waits again has not been called. */
function takeFromBoard(queue: QueueRow, ticket: TicketRow): void {
  if (!queue.lastCalled.some(({ ticketId }) => ticketId === ticket.id)) return;
  queue.lastCalled = queue.lastCalled.filter(({ ticketId }) => ticketId !== ticket.id);
}

function countWaiting(queue: QueueRow, { estimatedSeconds }: TicketRow, by: 1 | -1): void {
  queue.waiting += by;
  if (estimatedSeconds === null) return;
  const { estimated = 0, estimatedSeconds: sum = 0 } = queue.eta;
  queue.eta = {
    ...queue.eta,
    estimated: Math.max(0, estimated + by),
    estimatedSeconds: Math.max(0, sum + by * estimatedSeconds),
  };
}

function moveCounter(work: Work, before: TicketRow, after: TicketRow): void {
  const left = before.counterId && isAtCounter(before) && work.counters.get(before.counterId);
  if (left && left.ticketId === before.id) left.ticketId = null;
  const taken = after.counterId && isAtCounter(after) && work.counters.get(after.counterId);
  if (taken) taken.ticketId = after.id;
}

/** A lease is written again when a quarter of it is over: not at each call. */
const RENEW_AFTER = 0.75;

/** A verb at an open counter renews its lease. */
export function renewLease(work: Work, counterId: string | null): void {
  const counter = counterId === null ? undefined : work.counters.get(counterId);
  if (counter?.state !== 'open') return;
  const left = (counter.leaseUntil?.getTime() ?? 0) - work.now.getTime();
  if (left > RENEW_AFTER * counter.leaseSeconds * 1000) return;
  counter.leaseUntil = new Date(work.now.getTime() + counter.leaseSeconds * 1000);
  work.renewed.add(counter.id);
}
