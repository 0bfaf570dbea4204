import type { RedisClient } from '../../db/redis.ts';

export interface RedisCost {
  /** Commands, including those in scripts. */
  commands: number;
  /** Time in scripts (ms). */
  scriptMs: number;
  scriptCalls: number;
  /** The longest single call (ms). */
  longestMs: number;
}

/** The slow log threshold in µs. Shorter calls do not count as the longest one. */
const SLOWER_THAN = 50;

/** Measures the Redis cost of a function with Redis' own counters. No other client may use Redis meanwhile. */
export async function measureRedis(
  redis: RedisClient,
  work: () => Promise<unknown>,
): Promise<RedisCost> {
  await redis.call('CONFIG', 'SET', 'slowlog-log-slower-than', String(SLOWER_THAN));
  await redis.call('CONFIG', 'SET', 'slowlog-max-len', '100000');
  await redis.call('SLOWLOG', 'RESET');
  await redis.call('CONFIG', 'RESETSTAT');
  await work();
  const stats = await redis.info('commandstats');
  const slow = (await redis.call('SLOWLOG', 'GET', '100000')) as [
    number,
    number,
    number,
    string[],
  ][];
  const calls = [...stats.matchAll(/cmdstat_(\S+?):calls=(\d+),usec=(\d+)/g)];
  const scripts = calls.filter(([, name]) => name === 'eval' || name === 'evalsha');
  const sum = (rows: RegExpMatchArray[], field: number) =>
    rows.reduce((total, row) => total + Number(row[field]), 0);
  const ours = slow.filter(([, , , [name]]) => !/^(slowlog|config|info)$/i.test(name ?? ''));
  return {
    commands: sum(calls, 2),
    scriptMs: sum(scripts, 3) / 1000,
    scriptCalls: sum(scripts, 2),
    longestMs: Math.max(0, ...ours.map(([, , micros]) => Number(micros))) / 1000,
  };
}

/** One number of `INFO`, such as `used_memory`. */
export async function infoNumber(redis: RedisClient, name: string): Promise<number> {
  const found = new RegExp(`^${name}:(\\d+(\\.\\d+)?)`, 'm').exec(await redis.info());
  if (!found) throw new Error(`INFO has no field ${name}`);
  return Number(found[1]);
}
