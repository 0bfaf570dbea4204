import type { Board, Queue, Ticket } from '../../../../contract/tickets.ts';

/** All state that decides what is shown. */
export interface View {
  start: 'intro' | 'starting' | 'ready' | 'not-here' | 'failed';
  /** The queue of the demo. */
  queue: Queue | null;
  offline: boolean;
}

export type Screen =
  | { kind: 'intro' }
  | { kind: 'starting' }
  /** Nobody may try it without an account here. */
  | { kind: 'not-here' }
  | { kind: 'failed' }
  | { kind: 'demo'; queue: Queue; offline: boolean };

/** The screen for a state. */
export function screenOf({ start, queue, offline }: View): Screen {
  if (start !== 'ready') return { kind: start };
  return queue ? { kind: 'demo', queue, offline } : { kind: 'starting' };
}

/** What a newcomer does next. */
export type Step = 'take' | 'call' | 'look' | 'serve' | 'done';

interface Progress {
  /** The ticket that this page took last. */
  mine: Ticket | null;
  board: Board | null;
}

/** The next step: take a ticket, call it, see it on the display, serve it. */
export function stepOf({ mine, board }: Progress): Step {
  if (mine === null) return 'take';
  if (mine.state === 'waiting') return 'call';
  if (mine.state === 'called')
    return board?.lastCalled.some(({ code }) => code === mine.code) ? 'serve' : 'look';
  return mine.state === 'processing' || mine.state === 'held' ? 'serve' : 'done';
}
