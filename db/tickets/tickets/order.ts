/*
 * One order for everybody who waits: the smallest `effectiveAt`, then the smallest id. Times are in
 * microseconds since 1970.
 */

const MICROS_PER_SECOND = 1_000_000;

export interface Arrival {
  /** When the ticket was created. */
  createdAt: number;
  /** The time of an appointment. */
  scheduledAt: number | null;
  priority: number;
}

/**
 * The place of a ticket: its arrival or its appointment, moved forward by its priority. Priority p overtakes
 * only people who came at most p × boost earlier, so everyone's wait is bounded.
 */
export const effectiveAt = (
  { createdAt, scheduledAt, priority }: Arrival,
  priorityBoostSeconds: number,
): number => (scheduledAt ?? createdAt) - priority * priorityBoostSeconds * MICROS_PER_SECOND;

/** A ticket that waits. */
export interface Neighbour {
  id: string;
  effectiveAt: number;
}

const compareIds = (one: string, other: string): number =>
  one.length === other.length
    ? one < other
      ? -1
      : one > other
        ? 1
        : 0
    : one.length - other.length;

/** The order of a queue, as its index has it. */
export const compareOrder = (one: Neighbour, other: Neighbour): number =>
  one.effectiveAt - other.effectiveAt || compareIds(one.id, other.id);

/**
 * The place right behind the first `behind` of these neighbours, which are in order; behind all of them when
 * there are fewer. In front of everyone for 0. When the two neighbours are so near that nothing fits
 * between them, the place is that of the one in front, and ids decide.
 * @param now the place in an empty queue
 */
export function placeBehind(neighbours: readonly Neighbour[], behind: number, now: number): number {
  const first = neighbours[0];
  if (!first) return now;
  if (behind <= 0) return first.effectiveAt - 1;
  const before = neighbours[Math.min(behind, neighbours.length) - 1] as Neighbour;
  const after = neighbours[Math.min(behind, neighbours.length)];
  if (!after) return before.effectiveAt + 1;
  return before.effectiveAt + Math.floor((after.effectiveAt - before.effectiveAt) / 2);
}
