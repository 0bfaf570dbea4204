import { eventTypes } from '../../contract/tickets.ts';
import type { DomainEvent } from '../../db/events/domain-event.ts';
import { loggedTicket } from '../../db/tickets/log/logged-ticket.ts';
import type { TicketRow } from '../../db/tickets/tickets/ticket-row.ts';
import { ticketEvents } from '../../effects/tickets/events.ts';

const at = new Date('2030-01-02T03:04:05.678Z');
const ticket: TicketRow = {
  ...{ id: '41', queueId: '7', prefix: 'A', number: 42, state: 'called', priority: 2 },
  ...{ effectiveAt: at.getTime() * 1000, callableAt: at, awayUntil: null, awaySeconds: 0 },
  ...{ arrivedAt: at, scheduledAt: at, estimatedSeconds: 120, notifyAhead: 3, userId: null },
  ...{ customerName: 'Ada', counterId: '5', leaseUntil: null, calls: 1, requeues: 0, callSeq: 9 },
  ...{ shownDisplays: 1, ownerSeenAt: at, nearAt: at, overdueAt: null },
  ...{ promisedP50: 60, promisedP90: 120, version: 3 },
  ...{ createdAt: at, updatedAt: at, calledAt: at, startedAt: null, finishedAt: null },
};
const names = { queueName: 'City hall', counterName: 'Desk 1' };
const text = JSON.stringify(loggedTicket(ticket, names));

/** One webhook event of every type of tickets, made by the code that makes them for subscribers. */
export const madeOfTickets: DomainEvent[] = ticketEvents({
  events: eventTypes.map((type, n) => ({
    ...{ queueId: '7', seq: n + 1, type, at, ticket, names, text },
    ...{ facts: {}, actorId: null, note: 'a note', isArrival: false },
  })),
});
