import type { Ticket } from '../../../contract/tickets/ticket.ts';
import type { Overtake } from '../../../contract/tickets/tickets.ts';
import { timeWords, waitWords } from '../board/texts.ts';
import { isAppointmentAhead, type Screen } from './screen.ts';

/** The heading of each screen. */
export function headingOf(screen: Screen): string {
  switch (screen.kind) {
    case 'address':
    case 'unknown':
      return "We can't find this ticket";
    case 'no-claim':
      return 'This link is not complete';
    case 'starting':
      return 'One moment';
    case 'unreachable':
      return "We can't reach the server";
    case 'waiting':
      return placeWords(screen.ticket);
    case 'away':
      return `Be back by ${timeWords(screen.until)}`;
    case 'called':
      return counterWords(screen.ticket);
    case 'serving':
      return screen.ticket.counterName === null
        ? "It's your turn"
        : `You're at ${screen.ticket.counterName}`;
    case 'held':
      return 'Please stay nearby';
    case 'done':
      return 'All done';
    case 'no-show':
      return "We called you, but you didn't come";
    case 'cancelled':
      return 'This ticket is cancelled';
  }
}

/** One or two sentences below the heading. */
export function leadOf(screen: Screen): string {
  switch (screen.kind) {
    case 'address':
      return 'Open the link that you got with your ticket, or scan its code again.';
    case 'no-claim':
      return 'The last part of the link is missing. Open the whole link that you got with your ticket, or scan its code again.';
    case 'unknown':
      return 'The link is wrong, or the ticket is too old. Open the link that you got with your ticket, or take a new ticket.';
    case 'starting':
      return "We're looking up your ticket.";
    case 'unreachable':
      return `No connection since ${timeWords(screen.since)}. We keep trying.`;
    case 'waiting':
      return waitingWords(screen.ticket);
    case 'away':
      return 'You keep your place. We call others until then, or until you tell us that you are back.';
    case 'called':
      return screen.ticket.calls > 1 ? 'We are calling you again.' : "It's your turn.";
    case 'serving':
      return 'Your ticket is being served.';
    case 'held':
      return "Your ticket is on hold. We will continue with it; you don't need a new one.";
    case 'done':
      return 'Thank you for your visit.';
    case 'no-show':
      return 'Your ticket has ended. If you are here, tell the staff, or take a new ticket.';
    case 'cancelled':
      return 'If you still want to be served, take a new ticket.';
  }
}

/** `position` people are in front. */
export function placeWords({ position }: Pick<Ticket, 'position'>): string {
  if (position === null) return "You're waiting";
  if (position === 0) return "You're next";
  return position === 1 ? '1 person ahead of you' : `${position} people ahead of you`;
}

export const counterWords = ({ counterName }: Pick<Ticket, 'counterName'>): string =>
  counterName === null ? "It's your turn" : `Go to ${counterName}`;

function waitingWords(ticket: Ticket): string {
  const { eta, scheduledAt } = ticket;
  const appointment =
    scheduledAt === null ? '' : `Your appointment is at ${timeWords(Date.parse(scheduledAt))}. `;
  if (isAppointmentAhead(ticket)) return `${appointment}Tell us when you are here.`;
  return eta === null
    ? `${appointment}We can't say yet when it's your turn.`
    : `${appointment}It's your turn in ${waitWords(eta)}.`;
}

/** Each is true whichever of the two was moved. */
const BECAUSE: Record<Overtake['reason'], string> = {
  priority: 'has priority or an earlier appointment.',
  returned: 'was called first because a ticket was put back into the queue.',
  transferred: 'was called first because one of you came from another queue.',
  direct_call: 'was chosen by the staff.',
  reopened: 'was called first because a finished ticket was put back into the queue.',
  away: 'was called while you were away or not here yet.',
  postponed: 'was called because you let others go first.',
  other_counter: 'was called to a counter that could not take your ticket.',
};
/** Why a ticket was called first. */
export const overtakeWords = ({ code, reason }: Pick<Overtake, 'code' | 'reason'>): string =>
  `${code} ${BECAUSE[reason]}`;

const ERRORS: Record<string, string> = {
  'network.unreachable': "We can't reach the server. Check your connection and try again.",
  'operation.pending': "The server hasn't answered yet. Try again in a moment.",
  'service.unavailable': 'The service is temporarily unavailable. Try again in a moment.',
  'rate.limited': 'Too many attempts. Wait a moment and try again.',
  'ticket.not_found': "We can't find this ticket any more.",
  'ticket.stale_version': 'Your ticket has just changed. Look at it and try again.',
  'ticket.bad_transition': "That's no longer possible: your ticket has just changed.",
  'ticket.too_early': "It's too early for your appointment. Try again closer to its time.",
};
export const errorWords = (code: string): string =>
  ERRORS[code] ?? 'Something went wrong on our side. Try again in a moment.';

/** The title of the browser tab, which people watch while they use another one. */
export function titleOf(screen: Screen): string {
  return 'ticket' in screen ? `${headingOf(screen)} · ${screen.ticket.code}` : 'Your ticket';
}

/** After `postpone`, which answers with the new position. */
export function postponedWords(before: number | null, after: number | null): string {
  const moved = before === null || after === null ? null : after - before;
  if (moved === 0) return 'Nobody is behind you, so you keep your place.';
  if (moved === null) return 'You let others go first.';
  return moved === 1 ? 'You let one person go first.' : `You let ${moved} people go first.`;
}
