import { LRUCache } from 'lru-cache';
import { IANAZone } from 'luxon';
import type { OpeningHours } from '../../../contract/tickets.ts';
import { DAY_MS, instantsOf, localAt } from './local-time.ts';

export interface Opening {
  isOpen: boolean;
  /** When it opens next; null while it is open, and for a queue that never opens. */
  opensAt: Date | null;
  /** When the last opening ended; null while it is open, and for a queue without hours. */
  closedAt: Date | null;
}

/** From `opens` until just before `closes` (ms since 1970). */
interface Span {
  opens: number;
  closes: number;
}

/** An answer, and the instants for which it is the answer: from the first until just before the second. */
interface Answer {
  from: number;
  until: number;
  opening: Opening;
}

const ALWAYS: Opening = { isOpen: true, opensAt: null, closedAt: null };
const NEVER: Opening = { isOpen: false, opensAt: null, closedAt: null };
/** Two weeks on each side: an opening that falls into a gap of the clocks does not take place that week. */
const DAYS_AROUND = 16;
/** An answer costs hundreds of reads of the zone, and is the same until the next opening or closing. */
const answers = new LRUCache<string, Answer>({ max: 1_000 });

/**
 * Whether a queue is open by its hours at this moment. Without hours it always is; with an empty list it never
 * is. Where the clocks go back, it opens at the first and closes at the last moment that shows the time. Where
 * they go forward, a time that they leave out counts as the end of the gap.
 * @throws RangeError for a zone that this system does not know
 */
export function openingAt(
  hours: readonly OpeningHours[] | null,
  timezone: string,
  now: Date,
): Opening {
  if (!hours) return ALWAYS;
  if (hours.length === 0) return NEVER;
  const key = timezone + JSON.stringify(hours);
  const at = now.getTime();
  const known = answers.get(key);
  if (known && known.from <= at && at < known.until) return known.opening;
  const answer = answerAt(spansAround(hours, zoneOf(timezone), at), at);
  answers.set(key, answer);
  return answer.opening;
}

/** luxon keeps the zones and their formats, which are costly to create. */
function zoneOf(timezone: string): IANAZone {
  const zone = IANAZone.create(timezone);
  if (!zone.isValid) throw new RangeError(`Unknown time zone: ${timezone}`);
  return zone;
}

function answerAt(spans: readonly Span[], at: number): Answer {
  const current = spans.find(({ opens, closes }) => opens <= at && at < closes);
  // The spans are complete only near this moment, so no answer holds for longer than a day.
  if (current)
    return {
      from: Math.max(current.opens, at - DAY_MS),
      until: Math.min(current.closes, at + DAY_MS),
      opening: ALWAYS,
    };
  const next = spans.find(({ opens }) => opens > at)?.opens;
  const last = spans.findLast(({ closes }) => closes <= at)?.closes;
  return {
    from: Math.max(last ?? at, at - DAY_MS),
    until: Math.min(next ?? at + DAY_MS, at + DAY_MS),
    opening: {
      isOpen: false,
      opensAt: next === undefined ? null : new Date(next),
      closedAt: last === undefined ? null : new Date(last),
    },
  };
}

/** The openings of the weeks around a moment, in order; those that touch or overlap are one. */
function spansAround(hours: readonly OpeningHours[], zone: IANAZone, at: number): Span[] {
  const today = Math.floor(localAt(zone, at) / DAY_MS) * DAY_MS;
  const spans: Span[] = [];
  for (let days = -DAYS_AROUND; days <= DAYS_AROUND; days++) {
    const date = today + days * DAY_MS;
    for (const entry of hours) {
      if (entry.day === weekdayOf(date)) spans.push(spanOn(date, entry, zone));
    }
  }
  return merge(spans.filter(({ opens, closes }) => opens < closes));
}

function spanOn(date: number, { opens, closes }: OpeningHours, zone: IANAZone): Span {
  const closingDate = closes <= opens ? date + DAY_MS : date;
  return {
    opens: instantsOf(zone, date + timeOfDay(opens)).first,
    closes: instantsOf(zone, closingDate + timeOfDay(closes)).last,
  };
}

function merge(spans: Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.sort((one, other) => one.opens - other.opens)) {
    const last = merged.at(-1);
    if (last && span.opens <= last.closes) last.closes = Math.max(last.closes, span.closes);
    else merged.push(span);
  }
  return merged;
}

/** 1 = Monday … 7 = Sunday. */
const weekdayOf = (date: number): number => new Date(date).getUTCDay() || 7;

/** `HH:MM` in milliseconds. */
const timeOfDay = (clock: string): number =>
  (Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))) * 60_000;
