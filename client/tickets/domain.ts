import type * as contract from '../../contract/tickets.ts';
import type { Ticket } from '../../contract/tickets.ts';
import type { AttachedDomain, ClientCore, StatefulDomain } from '../define-domain.ts';
import { isClientError } from '../errors.ts';
import { createListeners } from '../listeners.ts';
import { createRefresh, TIMES, type Times } from './refresh.ts';
import { ticketClaims, ticketRoutes } from './routes.ts';
import { createTicketStore, type TicketsState } from './state.ts';

/** `client.tickets`: the live tickets of the signed-in person. Staff have none: they watch queues. */
export interface Tickets {
  readonly state: TicketsState;
  /** Calls `listener` after every change of `state`. Returns a function that removes the listener. */
  onChange(listener: (state: TicketsState) => void): () => void;
}

export interface TicketsOptions {
  times?: Times;
}

type Contract = typeof contract;

/** The state of my live tickets, which stays correct after lost pushes and reconnects. */
export const tickets: StatefulDomain<'tickets', Contract, Tickets, TicketsOptions> = {
  name: 'tickets',
  routes: ticketRoutes,
  anonymous: [],
  neverRepeated: [],
  claims: ticketClaims,
  attach,
};

function attach(
  core: ClientCore,
  { times = TIMES }: TicketsOptions = {},
): AttachedDomain<Tickets, Contract> {
  const changes = createListeners<[TicketsState]>();
  const store = createTicketStore((state) => {
    refresh.reschedule();
    changes.call(state);
  });
  const calls = core.calls<Contract>(ticketRoutes);
  const refresh = createRefresh(
    store,
    (id) => orNull(calls.readTicket({ id })),
    core.random,
    times,
  );

  /** Staff take tickets for others, and are told of those that they watch. */
  const takeMine = (ticket: Ticket) => {
    if (core.role() === 'staff' || core.role() === 'admin') store.takeKnown(ticket);
    else store.take(ticket);
  };
  core.on('ticket:state', takeMine);

  return {
    api: {
      get state() {
        return store.state();
      },
      onChange: changes.add,
    },
    absorbs: {
      createTicket: ({ claimToken: _, ...ticket }) => takeMine(ticket),
      readTicket: store.takeKnown,
      cancelTicket: store.takeKnown,
      postponeTicket: store.takeKnown,
      arriveTicket: store.takeKnown,
      awayTicket: store.takeKnown,
      backTicket: store.takeKnown,
    },
    connected: refresh.connected,
    disconnected: refresh.disconnected,
    // A server of an earlier version does not know tickets.
    snapshot: ({ tickets: mine }) => refresh.snapshot(mine ?? []),
    resync: refresh.resync,
    reset: store.reset,
    close: refresh.close,
  };
}

async function orNull(answer: Promise<Ticket>): Promise<Ticket | null> {
  try {
    return await answer;
  } catch (error) {
    if (isClientError(error, 'ticket.not_found')) return null;
    throw error;
  }
}
