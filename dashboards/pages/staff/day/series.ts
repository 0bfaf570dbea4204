import type { Analytics } from '../../../../contract/tickets.ts';

type Item = Analytics['items'][number];

/** An hour of a day, and what a chart shows of it. Null is no value: nobody waited, or nobody was asked. */
export interface Hour {
  /** `09:00` in the zone of the queue. */
  label: string;
  arrivals: number;
  served: number;
  noShows: number;
  cancelled: number;
  /** Minutes. */
  waitHalf: number | null;
  waitMost: number | null;
  /** Per cent. */
  withinTarget: number | null;
}

const HAPPENED = ['arrivals', 'served', 'noShows', 'cancelled'] as const;
const isActive = (item: Item): boolean =>
  HAPPENED.some((name) => item[name] > 0) ||
  item.waitSeconds !== null ||
  item.counterSeconds.open > 0;

/** The hours of a report from the first to the last one in which something happened or a counter was open. */
export function hoursOf({ items }: Pick<Analytics, 'items'>, timeZone: string): Hour[] {
  const totals = items.filter(({ counterId }) => counterId === null);
  const first = totals.findIndex(isActive);
  const last = totals.findLastIndex(isActive);
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
  const minutes = (seconds: number | undefined) =>
    seconds === undefined ? null : Math.round(seconds / 6) / 10;
  return first < 0
    ? []
    : totals.slice(first, last + 1).map((item) => ({
        label: clock.format(Date.parse(item.at)),
        ...{ arrivals: item.arrivals, served: item.served },
        ...{ noShows: item.noShows, cancelled: item.cancelled },
        waitHalf: minutes(item.waitSeconds?.p50),
        waitMost: minutes(item.waitSeconds?.p90),
        withinTarget: percent(item.withinTarget),
      }));
}

/** The counters of a day, the busiest first. */
export const countersOf = ({ items }: Pick<Analytics, 'items'>): Item[] =>
  items
    .filter(({ counterId }) => counterId !== null)
    .sort((one, other) => other.served - one.served);

/** The share of open time that a counter was busy. Null for one that was never open. */
export const busyShare = ({ counterSeconds: { open, busy } }: Item): number | null =>
  open === 0 ? null : percent(Math.min(1, busy / open));

export const percent = (share: number | null): number | null =>
  share === null ? null : Math.round(share * 100);
