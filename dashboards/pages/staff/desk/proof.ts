import type { Ticket } from '../../../../contract/tickets.ts';

/** Whether anybody has shown the call at my counter. */
export interface Proof {
  /** Nobody has shown it, long enough after the call. */
  isUnseen(): boolean;
  follow(ticket: Ticket | null): void;
  close(): void;
}

/** How long a display and the page of the owner have to show a call. */
const PATIENCE_MS = 5_000;

/**
 * Reads the called ticket until a display or its owner has shown it. A call again starts the wait again.
 * @param read the ticket as staff see it, with `shown`
 */
export function createProof(read: (id: string) => Promise<Ticket>, changed: () => void): Proof {
  let call: string | null = null;
  let isUnseen = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function set(unseen: boolean): void {
    if (unseen === isUnseen) return;
    isUnseen = unseen;
    changed();
  }

  function readLater(id: string, asked: string): void {
    timer = setTimeout(async () => {
      const shown = await read(id).then(
        (ticket) => ticket.shown ?? null,
        () => null,
      );
      if (asked !== call) return;
      // Without an answer nothing is known, and nothing is claimed.
      if (shown) set(shown.displays === 0 && shown.ownerAt === null);
      if (!shown || isUnseen) readLater(id, asked);
    }, PATIENCE_MS);
  }

  return {
    isUnseen: () => isUnseen,
    follow: (ticket) => {
      const next = ticket?.state === 'called' ? `${ticket.id} ${ticket.calls}` : null;
      if (next === call) return;
      call = next;
      clearTimeout(timer);
      set(false);
      if (ticket && next !== null) readLater(ticket.id, next);
    },
    close: () => {
      call = null;
      clearTimeout(timer);
    },
  };
}
