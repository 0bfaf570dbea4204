import type { Board, Ticket } from '../../contract/tickets.ts';

/** A ticket from an answer, or from a push, which has the seq of its queue. */
export type TicketNow = Ticket & { seq?: number };

/**
 * Whether `next` is as new as `known`. Position and estimate change with the seq of the queue and not with the
 * version. An answer without a seq has just been read.
 */
export function isNewerTicket(known: TicketNow | null, next: TicketNow): boolean {
  if (known === null || next.version > known.version) return true;
  if (next.version < known.version) return false;
  return next.seq === undefined || known.seq === undefined || next.seq >= known.seq;
}

/** Whether `next` is as new as `known`. The state of the queue changes without a new seq. */
export const isNewerBoard = (known: Board | undefined, next: Board): boolean =>
  known === undefined || next.seq >= known.seq;
