import {
  presentMinute,
  readMinutes,
  type TimeSeriesPoint,
} from '../../db/matchmaking/stats/time-series.ts';
import type { PanelDeps } from '../panel.ts';

const MINUTES = 60;
/** Recent minutes can still change: a transaction commits after the timestamp that it writes. */
const OPEN_MINUTES = 2;
/** Minutes per statement, so that no statement reads an entire busy hour. */
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
