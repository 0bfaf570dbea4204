import {
  presentMinute,
  readMinutes,
  type TimeSeriesPoint,
} from '../../db/matchmaking/stats/time-series.ts';
import type { PanelDeps } from '../panel.ts';

const MINUTES = 60;
/** A minute may still change: a transaction commits later than the moment that it writes down. */
const OPEN_MINUTES = 2;
/** Asked for in one statement, so that none reads a whole busy hour. */
const CHUNK = 10;

/** The last hour, minute by minute. Minutes that are over are remembered: later calls read the newest. */
export function createTimeSeries({ db, config }: Pick<PanelDeps, 'db' | 'config'>) {
  const known = new Map<number, TimeSeriesPoint>();
  const ttlSeconds = config.MATCH_REQUEST_TTL_SECONDS;

  return async (): Promise<TimeSeriesPoint[]> => {
    const present = await presentMinute(db);
    const oldest = present - (MINUTES - 1) * 60;
    for (const minute of known.keys())
      if (minute < oldest || minute > present - OPEN_MINUTES * 60) known.delete(minute);
    const hour = Array.from({ length: MINUTES }, (_, at) => oldest + at * 60);
    const missing = hour.filter((minute) => !known.has(minute));
    for (let at = 0; at < missing.length; at += CHUNK) {
      const some = missing.slice(at, at + CHUNK);
      const from = some[0] ?? present;
      const to = some.at(-1) ?? present;
      for (const read of await readMinutes(db, { from, to, ttlSeconds }))
        known.set(read.minute, read);
    }
    return hour.flatMap((minute) => known.get(minute) ?? []);
  };
}
