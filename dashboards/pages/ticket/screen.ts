import type { TicketNow } from '../../../client/tickets/newest.ts';
import type { Ticket } from '../../../contract/tickets/ticket.ts';

/** All state that decides which screen is shown. */
export interface View {
  ticketId: string | null;
  hasClaim: boolean;
  ticket: Ticket | null;
  /** The server knows no such ticket for this claim. */
  isUnknown: boolean;
  /** `ticket:near` came. */
  isNear: boolean;
  /** Local ms since which there is no connection; null while connected. */
  offlineSince: number | null;
  now: number;
}

/** What a screen with a ticket is given. */
interface Shown {
  ticket: Ticket;
  offlineSince: number | null;
}

export type Screen =
  | { kind: 'address' }
  | { kind: 'no-claim' }
  | { kind: 'unknown' }
  | { kind: 'starting' }
  | { kind: 'unreachable'; since: number }
  | ({ kind: 'waiting'; isNear: boolean } & Shown)
  | ({ kind: 'away'; until: number } & Shown)
  | ({ kind: 'called' | 'serving' | 'held' | 'done' | 'no-show' | 'cancelled' } & Shown);

/** The screen for a state. Total: every state has a screen, errors first. */
export function screenOf(view: View): Screen {
  const { ticket, offlineSince, now } = view;
  if (view.ticketId === null) return { kind: 'address' };
  if (!view.hasClaim) return { kind: 'no-claim' };
  if (view.isUnknown) return { kind: 'unknown' };
  if (ticket === null)
    return offlineSince === null
      ? { kind: 'starting' }
      : { kind: 'unreachable', since: offlineSince };
  const shown = { ticket, offlineSince };
  switch (ticket.state) {
    case 'waiting': {
      const until = ticket.awayUntil === null ? 0 : Date.parse(ticket.awayUntil);
      if (until > now) return { kind: 'away', until, ...shown };
      return { kind: 'waiting', isNear: view.isNear, ...shown };
    }
    case 'processing':
      return { kind: 'serving', ...shown };
    case 'no_show':
      return { kind: 'no-show', ...shown };
    default:
      return { kind: ticket.state, ...shown };
  }
}

/**
 * Answers, which have no seq, and pushes about a change may leave out the place or the estimate. These follow within
 * a second. Until then, those from before are better than none. A push with a place has the estimate as it is.
 */
export function withPlace(before: Ticket | null, now: TicketNow): Ticket {
  if (now.state !== 'waiting' || before?.state !== 'waiting') return now;
  const isPartial = now.position === null || now.seq === undefined;
  const eta = now.eta ?? (isPartial ? before.eta : null);
  return { ...now, position: now.position ?? before.position, eta };
}

/**
 * Whether the person must be alerted: a call or a recall after the state that the page had before.
 * A page that has just been opened shows the call, and its person looks at it.
 */
export const isNewCall = (before: Ticket | null, now: Ticket): boolean =>
  before !== null &&
  now.state === 'called' &&
  (before.state !== 'called' || now.calls !== before.calls || now.calledAt !== before.calledAt);

/** An appointment whose person has not arrived. */
export const isAppointmentAhead = ({
  scheduledAt,
  arrivedAt,
}: Pick<Ticket, 'scheduledAt' | 'arrivedAt'>): boolean =>
  scheduledAt !== null && arrivedAt === null;
