import { isClientError } from '../../../client/errors.ts';
import { createPublicClient } from '../../../client/public/create-public-client.ts';
import type { TicketNow } from '../../../client/tickets/newest.ts';
import { publicTicketRoutes } from '../../../client/tickets/public-routes.ts';
import { type WatchedTicket, watchTicket } from '../../../client/tickets/watch-ticket.ts';
import type { Overtake } from '../../../contract/tickets/tickets.ts';
import { type Action, act, presentTicket } from './actions.ts';
import { type AlertState, createAlerts } from './alerts.ts';
import { isNewCall, type View, withPlace } from './screen.ts';
import { counterWords, errorWords, placeWords } from './texts.ts';

/** What the page shows in addition to the screen. */
export interface Extras {
  /** Of the last action; null if it succeeded. */
  error: string | null;
  /** What the last action did beyond the new screen. */
  words: string | null;
  /** Null before they were asked for. */
  overtakes: readonly Overtake[] | 'failed' | null;
}

export interface TicketController {
  view(): View;
  extras(): Extras;
  alerts(): AlertState;
  start(): void;
  /** Does it to the ticket that is shown. An action that is under way does not start twice. */
  act(action: Action): Promise<void>;
  loadOvertakes(): Promise<void>;
  turnOnAlerts(): void;
  /** The called ticket of this version is on a visible screen now. */
  painted(version: number): void;
  /** Returns a function that removes the listener. */
  onChange(listener: () => void): () => void;
}

export interface Claimed {
  ticketId: string | null;
  claim: string | null;
  /** The claim is worth nothing. */
  onUnknown: () => void;
}

/** A slow first connect is no outage yet. */
const PATIENCE_MS = 5_000;
/** After a report that failed. */
const AGAIN_MS = 5_000;

/** Follows one ticket as its owner. */
export function createController(
  baseUrl: string,
  { ticketId, claim, onUnknown }: Claimed,
): TicketController {
  const client = createPublicClient({ baseUrl, routes: publicTicketRoutes });
  const listeners = new Set<() => void>();
  let state: Omit<View, 'now'> = {
    ...{ ticketId, hasClaim: claim !== null, ticket: null, isUnknown: false },
    ...{ isNear: false, offlineSince: null },
  };
  let extras: Extras = { error: null, words: null, overtakes: null };
  let watched: WatchedTicket | null = null;
  let seen: number | null = null;
  let isActing = false;

  const changed = () => {
    for (const listener of listeners) listener();
  };
  const set = (next: Partial<typeof state>) => {
    state = { ...state, ...next };
    changed();
  };
  const say = (next: Partial<Extras>) => {
    extras = { ...extras, ...next };
    changed();
  };
  const alerts = createAlerts(changed);

  function take(ticket: TicketNow): void {
    const before = state.ticket;
    if (isNewCall(before, ticket))
      alerts.ring(ticket.id, counterWords(ticket), `Ticket ${ticket.code}, ${ticket.queueName}`);
    set({ ticket: withPlace(before, ticket), isNear: state.isNear && ticket.state === 'waiting' });
    if (before && before.state !== ticket.state) say({ error: null, words: null });
  }

  function watch(id: string, claimToken: string): void {
    watched = watchTicket(
      client,
      { ticketId: id, claimToken },
      {
        ticket: take,
        ended: (error) => {
          if (isClientError(error, 'ticket.not_found')) onUnknown();
          set({ isUnknown: true });
        },
      },
    );
    client.on('ticket:near', (ticket) => {
      if (ticket.id !== id) return;
      set({ isNear: true });
      alerts.tell(id, placeWords(ticket), `Please come back. Ticket ${ticket.code}`);
    });
  }

  /** A phone that was in a pocket may have lost its connection long before it notices. */
  async function readAgain(id: string, claimToken: string): Promise<void> {
    if (document.visibilityState !== 'visible' || !state.ticket) return;
    try {
      watched?.take(await client.http.readTicket({ id }, { claim: claimToken }));
    } catch {
      // The subscription says what is wrong, or catches up after the next connect.
    }
  }

  return {
    view: () => ({ ...state, now: Date.now() }),
    extras: () => extras,
    alerts: alerts.state,
    start: () => {
      if (ticketId === null || claim === null) return;
      const startedAt = Date.now();
      client.onStatus((status) => {
        if (status === 'connected') set({ offlineSince: null });
        else if (state.ticket) set({ offlineSince: state.offlineSince ?? Date.now() });
      });
      watch(ticketId, claim);
      void client.connect();
      document.addEventListener('visibilitychange', () => void readAgain(ticketId, claim));
      setTimeout(() => {
        if (client.status !== 'connected') set({ offlineSince: state.offlineSince ?? startedAt });
      }, PATIENCE_MS);
    },
    act: async (action) => {
      const { ticket } = state;
      if (isActing || !ticket || claim === null) return;
      isActing = true;
      say({ error: null, words: null });
      try {
        const done = await act(client.http, action, ticket, claim);
        watched?.take(done.ticket);
        say({ words: done.words });
      } catch (error) {
        const present = presentTicket(error);
        if (present) watched?.take(present);
        say({ error: errorWords(isClientError(error) ? error.code : 'internal.error') });
      }
      isActing = false;
    },
    loadOvertakes: async () => {
      if (ticketId === null || claim === null) return;
      try {
        const { items } = await client.http.readOvertakes({ id: ticketId }, { claim });
        say({ overtakes: items });
      } catch {
        say({ overtakes: 'failed' });
      }
    },
    turnOnAlerts: () => void alerts.turnOn(),
    painted: async (version) => {
      if (ticketId === null || seen === version || client.status !== 'connected') return;
      seen = version;
      try {
        await client.emit('ticket:seen', { ticketId, version });
      } catch {
        seen = null;
        setTimeout(changed, AGAIN_MS);
      }
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
