import type { Ticket } from '../../contract/tickets.ts';
import type { TicketStore } from './state.ts';

export interface Times {
  /** How often a live ticket is read, in case the push of its last change was lost. */
  liveMs: number;
  /** When `state:current` is this late after a connect, or a read failed, everything is read. */
  missingMs: number;
}
/** The default times. */
export const TIMES: Times = { liveMs: 30_000, missingMs: 5_000 };

export interface Refresh {
  connected(): void;
  disconnected(): void;
  /** `state:current`: all my live tickets. */
  snapshot(tickets: readonly Ticket[]): void;
  /** Pushes may have been lost: read everything. */
  resync(): void;
  /** The state changed: decide again when to read. */
  reschedule(): void;
  close(): void;
}

/**
 * Keeps live tickets correct although pushes are best effort. There is one timer and at most one round of reads
 * at a time. Nothing is read while the socket is off, because every connect brings `state:current`.
 * @param read resolves with null for a ticket that the server does not have
 */
export function createRefresh(
  store: TicketStore,
  read: (id: string) => Promise<Ticket | null>,
  random: () => number,
  times: Times = TIMES,
): Refresh {
  let isOnline = false;
  let isDue = false;
  let isReading = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function reschedule(): void {
    clearTimeout(timer);
    if (!isOnline || isReading) return;
    const ms = isDue ? times.missingMs : times.liveMs;
    if (!isDue && store.state().tickets.length === 0) return;
    timer = setTimeout(() => void readAll(), ms * (0.9 + random() * 0.2));
  }

  async function readAll(): Promise<void> {
    clearTimeout(timer);
    if (!isOnline) return;
    isDue = true;
    if (isReading) return;
    isReading = true;
    try {
      while (isDue && isOnline) {
        isDue = false;
        for (const { id } of store.state().tickets) {
          const ticket = await read(id);
          if (ticket) store.take(ticket);
          else store.drop(id);
        }
      }
    } catch {
      // The server is unavailable: the next round or the next connect reads them.
      isDue = true;
    }
    isReading = false;
    reschedule();
  }

  return {
    reschedule,
    resync: () => void readAll(),
    connected: () => {
      isOnline = true;
      isDue = true;
      reschedule();
    },
    disconnected: () => {
      isOnline = false;
      clearTimeout(timer);
    },
    snapshot: (tickets) => {
      isDue = false;
      for (const ticket of tickets) store.take(ticket);
      // "Not there" has no version to compare, so it is confirmed by a read.
      const listed = new Set(tickets.map(({ id }) => id));
      if (store.state().tickets.some(({ id }) => !listed.has(id))) void readAll();
      else reschedule();
    },
    close: () => {
      isOnline = false;
      clearTimeout(timer);
    },
  };
}
