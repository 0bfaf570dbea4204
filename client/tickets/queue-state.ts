import type { Ticket, TicketEvent } from '../../contract/tickets.ts';
import type { LiveTickets } from './watchables.ts';

/** The live tickets of one queue. */
export interface QueueState {
  /** The event of the log that this state includes. */
  seq: number;
  /** In call order. */
  waiting: readonly Ticket[];
  /** Called or processing, the longest first. */
  serving: readonly Ticket[];
  held: readonly Ticket[];
  /** More people wait than the server lists. They are missing at the end of `waiting`. */
  isPartial: boolean;
}

/** What the order of a queue depends on. */
export interface OrderedQueue {
  id: string;
  priorityBoostSeconds: number;
}

/** The server lists at most this many live tickets. */
const MOST_LISTED = 1_000;

/** The state of a queue from the answer to `queue:watch`. */
export const queueStateOf = ({ seq, tickets }: LiveTickets): QueueState => ({
  seq,
  waiting: tickets.filter(({ state }) => state === 'waiting'),
  serving: tickets.filter(isServing).sort(byCall),
  held: tickets.filter(({ state }) => state === 'held'),
  isPartial: tickets.length >= MOST_LISTED,
});

/** The state after the next event of the log. */
export function takeEvent(state: QueueState, event: TicketEvent, queue: OrderedQueue): QueueState {
  const { seq, type } = event;
  const known = find(state, event.ticket.id);
  // An event from the log comes without the name that the list has.
  const ticket: Ticket =
    event.ticket.customerName === undefined && known?.customerName !== undefined
      ? { ...event.ticket, customerName: known.customerName }
      : event.ticket;
  const isHere = ticket.queueId === queue.id;
  const others = ({ id }: Ticket) => id !== ticket.id;
  const staysInPlace = STAYS[type] && known?.state === 'waiting';
  const waiting = (): readonly Ticket[] => {
    if (!isHere || ticket.state !== 'waiting') return state.waiting.filter(others);
    if (staysInPlace) return state.waiting.map((one) => (others(one) ? one : ticket));
    return insert(state.waiting.filter(others), ticket, queue, state.isPartial);
  };
  return {
    ...state,
    seq,
    waiting: waiting(),
    serving: [
      ...state.serving.filter(others),
      ...(isHere && isServing(ticket) ? [ticket] : []),
    ].sort(byCall),
    held: [...state.held.filter(others), ...(isHere && ticket.state === 'held' ? [ticket] : [])],
  };
}

/** Whether an event of a type leaves a waiting ticket at its place. */
const STAYS: Readonly<Record<TicketEvent['type'], boolean>> = {
  'ticket.created': false,
  'ticket.called': false,
  'ticket.recalled': false,
  'ticket.started': false,
  'ticket.progressed': false,
  'ticket.completed': false,
  'ticket.no_show': false,
  'ticket.returned': false,
  'ticket.transferred': false,
  'ticket.held': false,
  'ticket.resumed': false,
  'ticket.cancelled': false,
  'ticket.postponed': false,
  'ticket.reopened': false,
  'ticket.arrived': false,
  'ticket.away': true,
  'ticket.back': true,
  'ticket.reserved': false,
  'ticket.counter_lost': false,
  'ticket.near': true,
  'ticket.overdue': true,
};

const isServing = ({ state }: Ticket) => state === 'called' || state === 'processing';
const byCall = (one: Ticket, other: Ticket) =>
  Date.parse(one.calledAt ?? one.updatedAt) - Date.parse(other.calledAt ?? other.updatedAt);

const find = ({ waiting, serving, held }: QueueState, wanted: string) =>
  [waiting, serving, held].flatMap((list) => list.filter(({ id }) => id === wanted))[0];

function insert(
  list: readonly Ticket[],
  ticket: Ticket,
  queue: OrderedQueue,
  isPartial: boolean,
): readonly Ticket[] {
  const place = ticket.position ?? placeByArrival(list, ticket, queue);
  // Behind the end of a partial list stand people that are not in it.
  if (isPartial && place >= list.length) return list;
  return [...list.slice(0, place), ticket, ...list.slice(place)];
}

/** For an event without a position: the rule of the queue for a new ticket. */
function placeByArrival(list: readonly Ticket[], ticket: Ticket, queue: OrderedQueue): number {
  const own = effectiveAt(ticket, queue);
  const behind = list.findIndex((one) => effectiveAt(one, queue) > own);
  return behind === -1 ? list.length : behind;
}
const effectiveAt = (
  { scheduledAt, createdAt, priority }: Ticket,
  { priorityBoostSeconds }: OrderedQueue,
) => Date.parse(scheduledAt ?? createdAt) - priority * priorityBoostSeconds * 1_000;
