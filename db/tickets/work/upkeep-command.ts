import type { BatchCommand } from '../../write/command.ts';
import { ended, waitsAgain } from '../decisions/verb-context.ts';
import { openingAt } from '../queues/hours.ts';
import type { QueueRow } from '../queues/queue-row.ts';
import type { TicketRow } from '../tickets/ticket-row.ts';
import { effectsOf, type TicketEffects } from './effects.ts';
import { positionsOf } from './read-order.ts';
import { type LockedRows, lockRows } from './read-rows.ts';
import { changeTicket, queueOf, type Work } from './work.ts';
import { writesOf } from './write-work.ts';

/** What a sweep has found; decided again under the locks. */
export interface FoundChange {
  ticketId: string;
  kind: 'near' | 'overdue' | 'end_of_day' | 'counter_lost' | 'lease_over';
}

interface Facts extends LockedRows {
  /** People in front of those who are near. The others are not counted: they may stand far behind. */
  positions: ReadonlyMap<string, number>;
}

/** Changes that nobody asked for. True for each ticket that changed. */
export const upkeepCommand: BatchCommand<FoundChange, Facts, boolean, TicketEffects> = {
  name: 'ticket-upkeep',
  subjectsOf: ({ ticketId }) => [`ticket:${ticketId}`],
  async read(trx, inputs, locking, shared) {
    const ticketIds = [...new Set(inputs.map(({ ticketId }) => ticketId))];
    const near = inputs.filter(({ kind }) => kind === 'near').map(({ ticketId }) => ticketId);
    const named = { ticketIds, counterIds: [], queueIds: [], callingIds: [] };
    const [rows, positions] = await Promise.all([
      lockRows(trx, named, locking, shared),
      positionsOf(trx, near),
    ]);
    return { ...rows, positions };
  },
  decide({ work, positions }, inputs) {
    const outcomes = inputs.map(({ ticketId, kind }) => {
      const ticket = work.tickets.get(ticketId);
      // It or its queue is locked elsewhere, or it is archived: the next sweep looks again.
      if (!ticket || !work.queues.has(ticket.queueId)) return { ok: false };
      return { ok: CHANGES[kind](work, ticket, positions.get(ticketId)) };
    });
    const effects = { ...effectsOf(work, []), positions };
    return { outcomes, writes: writesOf(work), effects };
  },
};

type Apply = (work: Work, ticket: TicketRow, position: number | undefined) => boolean;

const CHANGES: Readonly<Record<FoundChange['kind'], Apply>> = {
  near(work, ticket, position = Number.POSITIVE_INFINITY) {
    if (ticket.state !== 'waiting' || ticket.nearAt !== null) return false;
    if (position > (ticket.notifyAhead ?? -1)) return false;
    const facts = { effectiveAt: ticket.effectiveAt };
    changeTicket(work, ticket, { nearAt: work.now }, { type: 'near', facts, actorId: null });
    return true;
  },
  overdue(work, ticket) {
    const { targetWaitSeconds } = queueOf(work, ticket.queueId);
    if (ticket.state !== 'waiting' || ticket.overdueAt !== null) return false;
    // Nobody is waiting yet.
    if (ticket.callableAt === null) return false;
    const due = waitsFrom(ticket) + targetWaitSeconds * 1000;
    if (due > work.now.getTime()) return false;
    const facts = { effectiveAt: ticket.effectiveAt };
    changeTicket(work, ticket, { overdueAt: work.now }, { type: 'overdue', facts, actorId: null });
    return true;
  },
  end_of_day(work, ticket) {
    const isLeft = ticket.state === 'waiting' || ticket.state === 'held';
    if (!isLeft || !isDayOver(queueOf(work, ticket.queueId), work.now)) return false;
    // An appointment of another day.
    if (ticket.scheduledAt !== null && ticket.scheduledAt > work.now) return false;
    const facts = { reason: 'end_of_day' } as const;
    changeTicket(work, ticket, ended('cancelled', work.now), {
      ...{ type: 'cancelled', facts, actorId: null },
    });
    return true;
  },
  counter_lost(work, ticket) {
    const counter = ticket.counterId === null ? undefined : work.counters.get(ticket.counterId);
    if (!counter?.isLost) return false;
    if (ticket.state === 'called') return putBack(work, ticket, 'counter_lost');
    if (ticket.state !== 'processing' || ticket.leaseUntil !== null) return false;
    const graceMs = queueOf(work, ticket.queueId).leaseSeconds * 1000;
    const patch = { leaseUntil: new Date(work.now.getTime() + graceMs) };
    changeTicket(work, ticket, patch, { type: 'counter_lost', actorId: null });
    return true;
  },
  lease_over(work, ticket) {
    if (ticket.state !== 'processing' || ticket.leaseUntil === null) return false;
    if (ticket.leaseUntil > work.now) return false;
    if (ticket.counterId === null) return putBack(work, ticket, 'lease_over');
    const counter = work.counters.get(ticket.counterId);
    // A command has it at this moment: the next sweep looks again.
    if (!counter) return false;
    const isGone = counter.state === 'closed' || counter.isLost;
    if (isGone) return putBack(work, ticket, 'lease_over');
    // The counter came back in time, and may have been paused by its staff since then.
    work.tickets.set(ticket.id, { ...ticket, leaseUntil: null });
    work.changed.add(ticket.id);
    return false;
  },
};

/** Back to its place. */
function putBack(work: Work, ticket: TicketRow, reason: 'counter_lost' | 'lease_over'): boolean {
  const facts = { effectiveAt: ticket.effectiveAt, reason };
  changeTicket(work, ticket, waitsAgain(work), { type: 'returned', facts, actorId: null });
  return true;
}

/** When a wait begins: with the ticket, at the time of an appointment, or at an arrival after that time. */
const waitsFrom = ({ createdAt, scheduledAt, arrivedAt }: TicketRow): number =>
  Math.max(
    createdAt.getTime(),
    scheduledAt?.getTime() ?? 0,
    (scheduledAt && arrivedAt?.getTime()) ?? 0,
  );

/** Whether a queue cancels who is left: its grace after the end of the day is over. */
export function isDayOver(
  { hours, timezone, atClose, closeGraceSeconds }: QueueRow,
  now: Date,
): boolean {
  if (atClose !== 'cancel') return false;
  const { isOpen, closedAt } = openingAt(hours, timezone, now);
  return (
    !isOpen && closedAt !== null && now.getTime() - closedAt.getTime() >= closeGraceSeconds * 1000
  );
}
