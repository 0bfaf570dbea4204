import { observeService, observeWait } from '../queues/eta.ts';
import type { QueueRow } from '../queues/queue-row.ts';
import type { TicketRow } from '../tickets/ticket-row.ts';

/**
 * Clears the promise: the ticket waits again, or somebody changed its wait. The log keeps what was promised. A call
 * need not write it, because a ticket waits again only through `waitsAgain`.
 */
export const unpromised = { promisedP50: null, promisedP90: null } as const;

/** The first call ends a wait: compare it with what was promised. */
export function learnWait(queue: QueueRow, ticket: TicketRow, now: Date): void {
  const { promisedP50: p50, promisedP90: p90, createdAt } = ticket;
  if (p50 === null || p90 === null) return;
  const seconds = (now.getTime() - createdAt.getTime()) / 1000;
  queue.eta = observeWait(queue.eta, { p50, p90 }, seconds);
}

/** A service ends: from the call to the end, because the counter was taken for that long. */
export function learnService(queue: QueueRow, { calledAt }: TicketRow, now: Date): void {
  if (calledAt === null) return;
  const seconds = (now.getTime() - calledAt.getTime()) / 1000;
  queue.eta = observeService(queue.eta, seconds, now.getTime());
}
