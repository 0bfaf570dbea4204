import type { Ticket } from '../../contract/tickets.ts';
import { isNewerTicket, type TicketNow } from './newest.ts';

/** My live tickets. */
export interface TicketsState {
  /** Oldest first. */
  tickets: readonly Ticket[];
}

export interface TicketStore {
  state(): TicketsState;
  /** A push or an answer about a ticket of mine. */
  take(ticket: TicketNow): void;
  /** Like `take`, for a ticket that may be somebody else's: only of a known one. */
  takeKnown(ticket: TicketNow): void;
  /** The server does not have this ticket. */
  drop(id: string): void;
  reset(): void;
}

/** How many ended tickets stay known, so that a late push does not bring one back. */
const MOST_ENDED = 100;

/** Whether a ticket has not ended. */
export const isLiveTicket = ({ state }: Pick<Ticket, 'state'>): boolean =>
  state !== 'done' && state !== 'no_show' && state !== 'cancelled';

/** Creates the store of one client's tickets. */
export function createTicketStore(onChange: (state: TicketsState) => void): TicketStore {
  let state: TicketsState = { tickets: [] };
  const known = new Map<string, TicketNow>();

  function publish(): void {
    const tickets = [...known.values()].filter(isLiveTicket).sort(byAge);
    state = { tickets: tickets.map(({ seq: _, ...ticket }) => ticket) };
    onChange(state);
  }
  function forgetOldest(): void {
    const ended = [...known.values()].filter((ticket) => !isLiveTicket(ticket));
    for (const { id } of ended.slice(0, Math.max(0, ended.length - MOST_ENDED))) known.delete(id);
  }

  function take(ticket: TicketNow): void {
    const before = known.get(ticket.id) ?? null;
    if (!isNewerTicket(before, ticket)) return;
    const seq = ticket.seq ?? (before?.queueId === ticket.queueId ? before.seq : undefined);
    known.delete(ticket.id);
    known.set(ticket.id, seq === undefined ? ticket : { ...ticket, seq });
    forgetOldest();
    if (isLiveTicket(ticket) || (before && isLiveTicket(before))) publish();
  }

  return {
    state: () => state,
    take,
    takeKnown: (ticket) => {
      const before = known.get(ticket.id);
      if (before && ticket.version > before.version) take(ticket);
    },
    drop: (id) => {
      const before = known.get(id);
      known.delete(id);
      if (before && isLiveTicket(before)) publish();
    },
    reset: () => {
      known.clear();
      if (state.tickets.length > 0) publish();
    },
  };
}

const byAge = (one: Ticket, other: Ticket) =>
  Date.parse(one.createdAt) - Date.parse(other.createdAt) ||
  one.id.length - other.id.length ||
  (one.id < other.id ? -1 : 1);
