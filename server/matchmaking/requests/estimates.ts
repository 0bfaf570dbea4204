import {
  type Estimate,
  type EstimateOf,
  estimateWait,
} from '../../../db/matchmaking/stats/waits.ts';
import type { RedisClient } from '../../../db/redis.ts';

/** The waits of an hour hardly change in two seconds, and a crowd that joins asks for them all the time. */
const FRESH_MS = 2_000;
const MAX_ENTRIES = 1_000;

interface Known {
  estimate: Promise<Estimate>;
  until: number;
}

/** `estimateWait` with a cache for each pair of languages. */
export function createEstimates(
  redis: RedisClient,
  nowMs: () => number = () => performance.now(),
): EstimateOf {
  const known = new Map<string, Known>();
  return (pool, buckets) => {
    const key = `${pool} ${buckets.join()}`;
    const entry = known.get(key);
    if (entry && nowMs() < entry.until) return entry.estimate;
    const estimate = estimateWait(redis, pool, buckets);
    known.delete(key); // to the end: the map is in order of the last question
    known.set(key, { estimate, until: nowMs() + FRESH_MS });
    estimate.catch(() => known.delete(key));
    for (const oldest of known.keys()) {
      if (known.size <= MAX_ENTRIES) break;
      known.delete(oldest);
    }
    return estimate;
  };
}
