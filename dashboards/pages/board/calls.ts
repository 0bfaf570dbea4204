import type { Board } from '../../../contract/tickets/boards.ts';

/** One call of a ticket. A recall is a call of its own. */
export interface Call {
  queueId: string;
  code: string;
  counter: string | null;
  calledAt: string;
}

/** A full list leaves out older calls. */
const MOST_LISTED = 10;
/** An older call is shown, but not announced: the person has gone, or has seen the screen. */
export const ANNOUNCED_FOR_MS = 60_000;

export const keyOf = ({ queueId, code, calledAt }: Call): string =>
  `${queueId} ${code} ${calledAt}`;

/** The calls of a board, newest first, each code once: a recall replaces the call before it. */
export function callsOf({ queue, lastCalled }: Board): Call[] {
  const calls = lastCalled.map((call): Call => ({ queueId: queue.id, ...call }));
  return calls.filter(({ code }, index) => calls.findIndex((one) => one.code === code) === index);
}

/**
 * The calls that a board has and the one before it had not, oldest first. Without a board before it,
 * there are none: a display that has just started shows the calls and announces the next ones.
 */
export function newCalls(before: Board | undefined, now: Board): Call[] {
  if (!before) return [];
  const known = new Set(callsOf(before).map(keyOf));
  // Behind a full list are calls that come up again when one of the list is undone. They are not new.
  const oldest =
    before.lastCalled.length < MOST_LISTED ? '' : (before.lastCalled.at(-1)?.calledAt ?? '');
  return callsOf(now)
    .filter((call) => !known.has(keyOf(call)) && call.calledAt >= oldest)
    .reverse();
}

/** How the clock of this device differs from that of the server, in ms; null while nobody knows. */
export type Skew = number | null;

/**
 * What a display announces, oldest first. A push comes within moments, so that its calls are fresh and
 * show how the clocks differ. What a snapshot brings may have been missed for hours.
 */
export function freshCalls(
  calls: readonly Call[],
  from: 'push' | 'snapshot',
  skew: Skew,
  now: number,
): { fresh: Call[]; skew: Skew } {
  const newest = calls.at(-1);
  if (from === 'push')
    return { fresh: [...calls], skew: newest ? now - Date.parse(newest.calledAt) : skew };
  const age = ({ calledAt }: Call) => now - (skew ?? 0) - Date.parse(calledAt);
  return { fresh: calls.filter((call) => age(call) <= ANNOUNCED_FOR_MS), skew };
}
