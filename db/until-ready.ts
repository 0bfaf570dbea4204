import pRetry from 'p-retry';
import type { Log } from '../log.ts';
import type { Db } from './knex.ts';
import { migrationStatus } from './migrate.ts';
import type { RedisClient } from './redis.ts';

/** The first version with sharded pub/sub, which the realtime layer needs. */
const REDIS_MAJOR = 7;
/** Pauses grow from 200 ms to 5 s, which they reach after about half a minute. */
const PAUSES = { minTimeout: 200, factor: 1.25, maxTimeout: 5_000 };

/** Wait at boot for PostgreSQL (with its migrations) and Redis, with back-off, saying what is missing. */
export async function untilReady({ db, redis, log }: { db: Db; redis: RedisClient; log: Log }) {
  const check = async () => {
    const missing = (await whyDatabase(db)) ?? (await whyRedis(redis, log));
    if (missing) throw new Error(missing);
  };
  await pRetry(check, {
    ...PAUSES,
    retries: Number.POSITIVE_INFINITY,
    onFailedAttempt: ({ attemptNumber: attempt, error: { message } }) => {
      // The first one is often only a busy moment in which everything starts at once.
      log[attempt === 1 ? 'info' : 'warn']({ attempt }, `waiting: ${message}`);
    },
  });
}

async function whyDatabase(db: Db): Promise<string | undefined> {
  try {
    const { pending } = await migrationStatus(db);
    if (pending.length > 0) return `${pending.length} migrations have not run (foyer migrate)`;
    return undefined;
  } catch (error) {
    return `PostgreSQL does not answer (${(error as Error).message.split('\n')[0]})`;
  }
}

async function whyRedis(redis: RedisClient, log: Log): Promise<string | undefined> {
  try {
    const info = await redis.info();
    const version = /redis_version:(\d+)/.exec(info)?.[1] ?? '0';
    if (Number(version) < REDIS_MAJOR)
      return `Redis ${version} is too old, ${REDIS_MAJOR} is needed`;
    const policy = /maxmemory_policy:(\S+)/.exec(info)?.[1];
    // Evicted keys would be lost jobs. BullMQ's own check is skipped, so that it cannot disable a queue.
    if (policy && policy !== 'noeviction')
      log.warn({ policy }, 'redis maxmemory-policy should be noeviction');
    return undefined;
  } catch (error) {
    return `Redis does not answer (${(error as Error).message})`;
  }
}
