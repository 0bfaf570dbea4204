import { Cluster, Redis } from 'ioredis';
import type { Log } from '../log.ts';

export type RedisClient = Redis | Cluster;

/**
 * - `command`: answers or fails in less than half a second; requests of people wait behind it.
 * - `patient`: for work that nobody waits for. It waits for seconds, because people stay claimed when
 *   the answer to a claim is ignored.
 * - `worker`: waits for Redis as long as it takes; BullMQ workers block on it.
 * - `subscriber`: socket.io's subscriptions, restored by ioredis after a reconnect.
 */
export type RedisRole = 'command' | 'patient' | 'worker' | 'subscriber';

const backoff = (attempt: number) => Math.min(attempt * 100, 2000);
const byRole = {
  command: { maxRetriesPerRequest: 1, commandTimeout: 400, enableAutoPipelining: true },
  patient: { maxRetriesPerRequest: 3, commandTimeout: 10_000, enableAutoPipelining: true },
  worker: { maxRetriesPerRequest: null },
  subscriber: { maxRetriesPerRequest: null, autoResubscribe: true },
} as const;

interface Options {
  url: string;
  log: Log;
  /** RESP2 as a fallback; RESP3 is what ioredis speaks by default. */
  protocol?: 2 | 3;
}

/** Connects in the background; every connection has an `error` listener, or the process would die. */
export function openRedis(role: RedisRole, { url, log, protocol }: Options): RedisClient {
  const options = {
    ...byRole[role],
    retryStrategy: backoff,
    ...(protocol ? { protocol } : {}),
  };
  const client = connect(url, options);
  let away = false;
  client.on('error', (error: Error) => {
    if (!away) log.warn({ role, reason: error.message }, 'redis is unavailable');
    away = true;
  });
  client.on('ready', () => {
    if (away) log.info({ role }, 'redis has recovered');
    away = false;
  });
  return client;
}

function connect(url: string, options: Record<string, unknown>): RedisClient {
  const parsed = new URL(url.replace(/^redis\+(cluster|sentinel):/, 'http:').replace(/,[^/]*/, ''));
  const hosts = hostsOf(url);
  const login = {
    ...(parsed.username ? { username: decodeURIComponent(parsed.username) } : {}),
    ...(parsed.password ? { password: decodeURIComponent(parsed.password) } : {}),
  };
  if (url.startsWith('redis+cluster:')) {
    const { retryStrategy, ...redisOptions } = options;
    return new Cluster(hosts, {
      shardedSubscribers: true,
      clusterRetryStrategy: retryStrategy as (attempt: number) => number,
      redisOptions: { ...redisOptions, ...login },
    });
  }
  if (url.startsWith('redis+sentinel:')) {
    const [name = 'mymaster', db = '0'] = parsed.pathname.slice(1).split('/');
    return new Redis({ ...options, ...login, sentinels: hosts, name, db: Number(db) });
  }
  return new Redis(url, options);
}

/** `redis+cluster://user:pw@a:7000,b:7001/…` → [{a,7000},{b,7001}] */
function hostsOf(url: string): { host: string; port: number }[] {
  const authority = url.replace(/^[a-z+]+:\/\//, '').split('/')[0] ?? '';
  const list = authority.slice(authority.lastIndexOf('@') + 1);
  return list.split(',').map((item) => {
    const [host = '127.0.0.1', port = '6379'] = item.split(':');
    return { host, port: Number(port) };
  });
}

/** Close without waiting for replies that may never come. */
export function closeRedis(client: RedisClient): void {
  client.disconnect();
}
