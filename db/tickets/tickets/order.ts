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
 * The place right behind the first `behind` of these neighbours, which are in order and do not include the
 * ticket itself; behind all of them when there are fewer. In front of everyone for 0. Two neighbours can be
 * so near that the id of the ticket fits at neither of their places; then it stands behind the next one.
 * @param now the place in an empty queue
 * @param ownId of the ticket; without it, its id counts as larger than all others
 */
export function placeBehind(
  neighbours: readonly Neighbour[],
  behind: number,
  now: number,
  ownId?: string,
): number {
  const first = neighbours[0];
  if (!first) return now;
  if (behind <= 0) return first.effectiveAt - 1;
  let before = neighbours[Math.min(behind, neighbours.length) - 1] as Neighbour;
  for (const after of neighbours.slice(behind)) {
    const place = placeBetween(before, after, ownId);
    if (place !== null) return place;
    before = after;
  }
  return before.effectiveAt + 1;
}

/** How many of these neighbours, which are in order, stand in front of this place. */
export const inFrontOf = (neighbours: readonly Neighbour[], own: Neighbour): number =>
  neighbours.filter((one) => compareOrder(one, own) < 0).length;

function placeBetween(before: Neighbour, after: Neighbour, ownId?: string): number | null {
  const gap = after.effectiveAt - before.effectiveAt;
  if (gap > 1) return before.effectiveAt + Math.floor(gap / 2);
  const isLarger = (id: string) => ownId === undefined || compareIds(ownId, id) > 0;
  const isBeforeFree = isLarger(before.id) && (gap > 0 || !isLarger(after.id));
  if (isBeforeFree) return before.effectiveAt;
  return gap > 0 && !isLarger(after.id) ? after.effectiveAt : null;
}
