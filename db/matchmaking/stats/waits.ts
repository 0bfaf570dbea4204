import type { RedisClient } from '../../redis.ts';
import { poolTag } from '../pool/keys.ts';

const HOUR_SECONDS = 3_600;
/** Fewer waits than this give no estimate. */
const FEWEST = 5;
const KEPT = 500;
/** The list of all pairs of languages of a pool. */
export const ALL = '*';

/**
 * How long the last few hundred people of these pairs of languages (`native>practice`) waited within
 * the last hour, in seconds. Redis keeps them, so the list is empty after a FLUSHALL.
 */
export async function lastWaits(
  redis: RedisClient,
  pool: string,
  buckets: readonly string[],
): Promise<number[]> {
  const read = buckets.map((bucket) =>
    redis.lrange(`${poolTag(pool)}:waits:${bucket}`, 0, KEPT - 1),
  );
  const [[seconds], ...lists] = await Promise.all([
    redis.time() as Promise<[number | string, number | string]>,
    ...read,
  ]);
  const since = Number(seconds) - HOUR_SECONDS;
  return lists
    .flat()
    .map((entry) => entry.split(':').map(Number))
    .flatMap(([at = 0, waitedMs = 0]) => (at >= since ? [waitedMs / 1000] : []));
}

/** Nearest-rank percentiles, or null when too little is known: never an invented number. */
export function percentilesOf(
  values: readonly number[],
  ranks: readonly number[],
): number[] | null {
  if (values.length < FEWEST) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return ranks.map((rank) => sorted[Math.max(0, Math.ceil(rank * sorted.length) - 1)] ?? 0);
}

/** Seconds that half and nine tenths of these people waited at most; null when too little is known. */
export type Estimate = { p50: number; p90: number } | null;
export type EstimateOf = (pool: string, buckets: readonly string[]) => Promise<Estimate>;

/** Estimates the wait of these pairs of languages from the last waits of the pool. */
export async function estimateWait(
  redis: RedisClient,
  pool: string,
  buckets: readonly string[],
): Promise<Estimate> {
  const [p50, p90] = percentilesOf(await lastWaits(redis, pool, buckets), [0.5, 0.9]) ?? [];
  return p50 !== undefined && p90 !== undefined ? { p50, p90 } : null;
}
