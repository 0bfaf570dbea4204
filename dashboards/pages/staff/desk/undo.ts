import type { Ticket } from '../../../../contract/tickets.ts';

/** A finished ticket that one click brings back. */
export interface Undoable {
  ticket: Ticket;
  /** What it was before. */
  before: Ticket;
  /** Its place in the waiting list before (0 = next). */
  place: number;
}

export interface Undo {
  current(): Undoable | null;
  offer(undoable: Undoable): void;
  clear(): void;
}

/** How long a finished ticket is brought back by one click. */
export const UNDO_MS = 10_000;

/** Holds the last finished ticket for a few seconds. */
export function createUndo(changed: () => void): Undo {
  let current: Undoable | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  function clear(): void {
    clearTimeout(timer);
    if (current === null) return;
    current = null;
    changed();
  }
  return {
    current: () => current,
    clear,
    offer: (undoable) => {
      clearTimeout(timer);
      current = undoable;
      timer = setTimeout(clear, UNDO_MS);
      changed();
    },
  };
}
