import { IANAZone } from 'luxon';
import { DAY_MS, instantsOf, localAt } from '../queues/local-time.ts';

const HOUR_MS = 3_600_000;

export type BucketSize = 'hour' | 'day';

/** Of a report: from the first instant until just before the second (ms since 1970). */
export interface Range {
  from: number;
  to: number;
}

/**
 * When the hours or days of a range begin by the clocks of a zone (ms since 1970), in order. The first one may
 * begin before the range. A day on which the clocks change has 23 or 25 hours.
 * @throws RangeError for a zone that this system does not know
 */
export function bucketStarts(timezone: string, { from, to }: Range, size: BucketSize): number[] {
  const zone = IANAZone.create(timezone);
  if (!zone.isValid) throw new RangeError(`Unknown time zone: ${timezone}`);
  const days = dayStarts(zone, { from, to });
  if (size === 'day') return days.slice(0, -1);
  const hours = days.slice(0, -1).flatMap((day, at) => hoursOf(zone, day, days[at + 1] ?? day));
  const first = hours.findLastIndex((start) => start <= from);
  return hours.slice(Math.max(0, first)).filter((start) => start < to);
}

/** The beginnings of the days of a range, and of the day after it. */
function dayStarts(zone: IANAZone, { from, to }: Range): number[] {
  let date = Math.floor(localAt(zone, from) / DAY_MS) * DAY_MS;
  const starts = [instantsOf(zone, date).first];
  while ((starts.at(-1) ?? to) < to) {
    date += DAY_MS;
    const next = instantsOf(zone, date).first;
    // A zone that moved across the date line left out a day.
    if (next > (starts.at(-1) ?? next)) starts.push(next);
  }
  return starts;
}

/** Full hours by the clock. Where clocks change by less than an hour, the hour of the change is a short one. */
function hoursOf(zone: IANAZone, day: number, end: number): number[] {
  const starts: number[] = [];
  for (let at = day; at < end; at += HOUR_MS - sinceFullHour(zone, at)) starts.push(at);
  return starts;
}

/** Also of an instant before 1970. */
const sinceFullHour = (zone: IANAZone, at: number): number =>
  ((localAt(zone, at) % HOUR_MS) + HOUR_MS) % HOUR_MS;
