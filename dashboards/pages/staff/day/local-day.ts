const DAY_MS = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

/** The local time of a zone at an instant, as if it were UTC (ms). */
function localAt(timeZone: string, instant: number): number {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
  formats.set(timeZone, format);
  const parts = Object.fromEntries(
    format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** When a day (`YYYY-MM-DD`) begins in a zone. Where the clocks leave out midnight, it begins with the end of the gap. */
export function dayStart(timeZone: string, day: string): number {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const [before, after] = [midnight - DAY_MS, midnight + DAY_MS].map(
    (near) => midnight - (localAt(timeZone, near) - near),
  ) as [number, number];
  const found = [before, after].filter((instant) => localAt(timeZone, instant) === midnight);
  return found.length > 0 ? Math.min(...found) : Math.max(before, after);
}

/** The day of a zone at an instant. */
export const dayAt = (timeZone: string, instant: number): string =>
  new Date(localAt(timeZone, instant)).toISOString().slice(0, 10);

/** @param days may be negative */
export const daysLater = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

export const isDay = (text: string | null): text is string =>
  text !== null && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
