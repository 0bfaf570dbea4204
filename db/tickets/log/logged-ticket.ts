import type { LoggedTicket } from '../../../contract/tickets.ts';
import { codeOf, type TicketRow } from '../tickets/ticket-row.ts';

/** The names of the places that a ticket is at. */
export interface Names {
  queueName: string;
  counterName: string | null;
}

const texts = new WeakMap<Date, string>();

/** A batch has one clock and a ticket keeps its dates, so most of them have been formatted before. */
function textOf(at: Date): string {
  const known = texts.get(at);
  if (known !== undefined) return known;
  const text = at.toISOString();
  texts.set(at, text);
  return text;
}
const iso = (at: Date | null): string | null => (at === null ? null : textOf(at));

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
  createdAt: textOf(row.createdAt),
  updatedAt: textOf(row.updatedAt),
  calledAt: iso(row.calledAt),
  startedAt: iso(row.startedAt),
  finishedAt: iso(row.finishedAt),
});
