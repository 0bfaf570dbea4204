import type { Subscription } from '../subscriptions.ts';
import type { WatchOne } from '../watch.ts';
import { isNewerTicket, type TicketNow } from './newest.ts';
import { watchedTicket } from './watchables.ts';

export interface TicketWatcher {
  /** The newest state: the first answer, and each change of the ticket, its position or its estimate. */
  ticket: (ticket: TicketNow) => void;
  /** There is no such ticket, or it belongs to somebody else. Nothing follows. */
  ended?: (error: unknown) => void;
}

export interface WatchedTicket extends Subscription {
  /** Takes the answer to a call: a push about it may still be on its way. */
  take(ticket: TicketNow): void;
}

/** Watches a ticket as its owner or as staff, over reconnects. `ticket:near` comes by `on`. */
export function watchTicket(
  client: { watch: WatchOne },
  payload: { ticketId: string; claimToken?: string },
  { ticket: onTicket, ended }: TicketWatcher,
): WatchedTicket {
  let known: TicketNow | null = null;
  function take(next: TicketNow): void {
    if (!isNewerTicket(known, next)) return;
    // The answer to a POST has no estimate; it replaces only an older version.
    if (next.seq === undefined && next.eta === null && known?.version === next.version) return;
    known = next;
    onTicket(next);
  }
  const subscription = client.watch(watchedTicket, payload, {
    snapshot: take,
    push: take,
    ...(ended ? { ended } : {}),
  });
  return {
    get seq() {
      return subscription.seq;
    },
    close: () => subscription.close(),
    take,
  };
}
