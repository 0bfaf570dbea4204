import type { IANAZone } from 'luxon';

const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

/** The instants (ms since 1970) at which the clocks of a zone show one local time. */
export interface Instants {
  first: number;
  last: number;
}

/**
 * When the clocks of a zone show a local time, which is given as if it were UTC (ms). Both instants are the same,
 * except when the clocks change. In an overlap a local time comes twice. In a gap it never comes; then both are the
 * end of the gap, the first instant at which the clocks show a later time.
 */
export function instantsOf(zone: IANAZone, local: number): Instants {
  const earlier = zone.offset(local - DAY_MS);
  const later = zone.offset(local + DAY_MS);
  const before = local - earlier * MINUTE_MS;
  const after = local - later * MINUTE_MS;
  const isBefore = zone.offset(before) === earlier;
  const isAfter = zone.offset(after) === later;
  if (isBefore || isAfter)
    return { first: isBefore ? before : after, last: isAfter ? after : before };
  const end = endOfGap(zone, after, before);
  return { first: end, last: end };
}

/** The first instant after `from` that has the offset of `to`. */
function endOfGap(zone: IANAZone, from: number, to: number): number {
  const offset = zone.offset(to);
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zone.offset(middle) === offset) high = middle;
    else low = middle;
  }
  return high;
}

/** The local time at an instant, as if it were UTC (ms). */
export const localAt = (zone: IANAZone, instant: number): number =>
  instant + zone.offset(instant) * MINUTE_MS;
