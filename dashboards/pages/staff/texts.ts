import { type ClientError, isClientError, isPassing } from '../../../client/errors.ts';
import type { Counter, Queue, Ticket } from '../../../contract/tickets.ts';
import type { Row } from './desk/waiting-rows.ts';
import type { Screen } from './screen.ts';

/** `75` → `1:15` */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((n) => String(n).padStart(2, '0'));
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${parts.join(':')}` : parts.join(':').replace(/^0/, '');
}

/** `75` → `1 min`. For dayStats: nobody needs the seconds of an hour. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export const timeOfDay = (at: string): string =>
  new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

export const people = (count: number): string => (count === 1 ? '1 person' : `${count} people`);

export const codeLooks = ({ prefix }: Pick<Queue, 'prefix'>): string => `${prefix}001`;

export const COUNTER_STATES: Record<Counter['state'], string> = {
  open: 'Open',
  paused: 'Paused',
  closed: 'Closed',
};

const STATES: Record<Ticket['state'], string> = {
  waiting: 'Waiting',
  called: 'Called',
  processing: 'Being served',
  held: 'On hold',
  done: 'Completed',
  no_show: "Didn't come",
  cancelled: 'Cancelled',
};
export const stateWords = ({ state }: Pick<Ticket, 'state'>): string => STATES[state];

export function statusWords({ status, ticket }: Row): string | null {
  const { awayUntil, scheduledAt } = ticket;
  if (status === 'away' && awayUntil) return `away until ${timeOfDay(awayUntil)}`;
  if (status === 'later' && scheduledAt) return `appointment at ${timeOfDay(scheduledAt)}`;
  if (status === 'not-here' && scheduledAt)
    return `appointment at ${timeOfDay(scheduledAt)}, not here yet`;
  return scheduledAt ? `appointment at ${timeOfDay(scheduledAt)}` : null;
}

/** What was done with a ticket, for screen readers and beside the undo button. */
export const doneWords = ({ code, state }: Ticket): string =>
  `${code}: ${STATES[state].toLowerCase()}.`;

const ERRORS: Record<string, string> = {
  'auth.bad_credentials': 'The username or the password is wrong.',
  'auth.forbidden': "You aren't allowed to do this.",
  'counter.busy': 'Your counter still serves a ticket. Finish that one first.',
  'counter.not_open': "Your counter isn't open. Open it first.",
  'counter.stale_version': 'Someone else changed this counter. Look at it and try again.',
  'queue.closed': 'This queue is closed. Choose another queue.',
  'queue.full': 'This queue is full. Call people first, or choose another queue.',
  'queue.paused': 'This queue takes no new tickets. Open it, or choose another queue.',
  'ticket.already_waiting':
    'This person already has another ticket in that queue. Finish or cancel that one first.',
  'ticket.archived': 'This ticket is archived. Take a new one.',
  'ticket.too_early': "It's too early for this appointment. Try again closer to its time.",
};

/** One sentence about a failed action, and what to do. */
export function errorWords(error: unknown): string {
  if (isPassing(error)) return "We can't reach the server. Try again in a moment.";
  if (!isClientError(error)) return 'Something went wrong. Try again.';
  const present = presentTicket(error);
  if (present)
    return `${present.code} has changed: ${STATES[present.state].toLowerCase()}${
      present.counterName && present.state !== 'waiting' ? ` at ${present.counterName}` : ''
    }. Look at it and try again.`;
  if (error.code === 'rate.limited')
    return `Too many attempts. Try again in ${span(error.retryAfterSeconds ?? 1)}.`;
  return ERRORS[error.code] ?? error.message;
}

/** The state of the ticket that an action found, from the error of that action. */
export const presentTicket = (error: ClientError): Ticket | null =>
  isClientError(error, 'ticket.stale_version', 'ticket.bad_transition')
    ? ((error.details['ticket'] as Ticket | undefined) ?? null)
    : null;

export function titleOf(screen: Screen, waiting: number): string {
  if (screen.kind !== 'console') return 'Staff · Foyer';
  return `${waiting > 0 ? `(${waiting}) ` : ''}${screen.counter.name} · Foyer`;
}
