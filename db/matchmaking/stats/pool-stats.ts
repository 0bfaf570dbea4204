import type { PoolStats } from '../../../contract/matchmaking.ts';
import type { RedisClient } from '../../redis.ts';
import { poolTag } from '../pool/keys.ts';
import { ALL, lastWaits, percentilesOf } from './waits.ts';

/** Pairs of languages in one answer, the longest queues first. */
const MOST_PAIRS = 200;

/** How many people wait for each pair of languages of a pool, and how long people waited in the last hour. */
export async function poolStats(redis: RedisClient, pool: string): Promise<PoolStats> {
  const tag = poolTag(pool);
  const [buckets, total, waits] = await Promise.all([
    redis.smembers(`${tag}:buckets`),
    redis.zcard(`${tag}:waiting`),
    lastWaits(redis, pool, [ALL]),
  ]);
  const counts = await Promise.all(buckets.map((bucket) => redis.zcard(`${tag}:b:${bucket}`)));
  const waiting = buckets
    .map((bucket, at) => {
      const [native = '', practice = ''] = bucket.split('>');
      return { native, practice, count: counts[at] ?? 0 };
    })
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || a.native.localeCompare(b.native))
    .slice(0, MOST_PAIRS);
  const [p50, p90, p99] = percentilesOf(waits, [0.5, 0.9, 0.99]) ?? [];
  const known = p50 !== undefined && p90 !== undefined && p99 !== undefined;
  return { pool, total, waiting, waitSeconds: known ? { p50, p90, p99 } : null };
}
