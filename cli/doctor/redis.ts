import type { Config } from '../../config.ts';
import { closeRedis, openRedis, type RedisClient } from '../../db/redis.ts';
import { createLog } from '../../log.ts';
import { clockFinding, type Finding, fail, ok, warn } from './finding.ts';

const OLDEST = 7;

export async function checkRedis(config: Config): Promise<Finding[]> {
  const log = createLog('doctor', 'silent', false);
  const redis = openRedis('command', { url: config.REDIS_URL, log });
  try {
    const info = await redis.info();
    return [version(info), policy(info), ...(await persistence(redis, info)), await clock(redis)];
  } catch (error) {
    return [
      fail(`Redis: ${(error as Error).message}`, 'check REDIS_URL and that Redis is running'),
    ];
  } finally {
    closeRedis(redis);
  }
}

/** A field of INFO, which every Redis allows. Managed services often forbid CONFIG. */
const field = (info: string, name: string): string =>
  new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim() ?? '';

function version(info: string): Finding {
  const text = field(info, 'redis_version');
  return Number.parseInt(text, 10) >= OLDEST
    ? ok(`Redis ${text}`)
    : fail(`Redis ${text}`, `use version ${OLDEST} or newer, which has sharded pub/sub`);
}

function policy(info: string): Finding {
  const text = `Redis maxmemory-policy ${field(info, 'maxmemory_policy')}`;
  return text.endsWith(' noeviction')
    ? ok(text)
    : fail(text, 'run config set maxmemory-policy noeviction; eviction loses jobs');
}

async function persistence(redis: RedisClient, info: string): Promise<Finding[]> {
  if (field(info, 'aof_enabled') !== '1')
    return [
      warn(
        'Redis appendonly no',
        'run config set appendonly yes; without it, a restart loses the queues',
      ),
    ];
  const fsync = await configValue(redis, 'appendfsync');
  const text = `Redis appendonly yes, appendfsync ${fsync ?? 'unknown (CONFIG is forbidden)'}`;
  if (fsync === 'no')
    return [warn(text, 'run config set appendfsync always (everysec may lose up to 2 s of votes)')];
  return [ok(text)];
}

async function configValue(redis: RedisClient, name: string): Promise<string | undefined> {
  try {
    return ((await redis.call('config', 'get', name)) as string[])[1];
  } catch {
    return undefined;
  }
}

async function clock(redis: RedisClient): Promise<Finding> {
  const before = Date.now();
  const [seconds, microseconds] = await redis.time();
  const middle = (before + Date.now()) / 2;
  return clockFinding('Redis', Number(seconds) * 1000 + Number(microseconds) / 1000 - middle);
}
