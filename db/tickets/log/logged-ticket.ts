import type { LoggedTicket } from '../../../contract/tickets.ts';
import { codeOf, type TicketRow } from '../tickets/ticket-row.ts';

/** The names of the places that a ticket is at. */
export interface Names {
  queueName: string;
  counterName: string | null;
}

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** A ticket as the log keeps it and as pushes carry it: without the name of a person. */
export const loggedTicket = (row: TicketRow, { queueName, counterName }: Names): LoggedTicket => ({
  id: row.id,
  queueId: row.queueId,
  code: codeOf(row),
  state: row.state,
  priority: row.priority,
  scheduledAt: iso(row.scheduledAt),
  estimatedSeconds: row.estimatedSeconds,
  counterId: row.counterId,
  counterName,
  queueName,
  calls: row.calls,
  awayUntil: iso(row.awayUntil),
  arrivedAt: iso(row.arrivedAt),
  shown: { displays: row.shownDisplays, ownerAt: iso(row.ownerSeenAt) },
  version: row.version,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
  calledAt: iso(row.calledAt),
  startedAt: iso(row.startedAt),
  finishedAt: iso(row.finishedAt),
});
