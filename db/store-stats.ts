import { beforeScrape, poolConnections, storePingSeconds, storeUp } from '../metrics.ts';
import { withTimeout } from '../with-timeout.ts';
import { type Db, rowsOf } from './knex.ts';
import type { RedisClient } from './redis.ts';

export interface Stores {
  db: Db;
  redis: RedisClient;
}

/** Below a scrape's own time-out, with room for both. */
const PING_MS = 800;

/** @returns milliseconds, or null when the store did not answer in time */
export async function ping(ask: () => PromiseLike<unknown>): Promise<number | null> {
  const begun = performance.now();
  try {
    await withTimeout(PING_MS, Promise.resolve().then(ask), () => new Error('no answer in time'));
    return Math.round((performance.now() - begun) * 100) / 100;
  } catch {
    return null;
  }
}

/** Measure the latency of both stores and the use of the pool at each scrape. Returns how to stop. */
export function watchStores({ db, redis }: Stores): () => void {
  const sample = async () => {
    // before the pings, which would take a connection themselves
    for (const [state, count] of Object.entries(poolUse(db))) poolConnections.set({ state }, count);
    await Promise.all([
      note('postgresql', () => db.raw('select 1')),
      note('redis', () => redis.ping()),
    ]);
  };
  beforeScrape.add(sample);
  return () => void beforeScrape.delete(sample);
}

async function note(store: string, ask: () => PromiseLike<unknown>): Promise<void> {
  const ms = await ping(ask);
  storeUp.set({ store }, ms === null ? 0 : 1);
  if (ms === null) storePingSeconds.remove({ store });
  else storePingSeconds.set({ store }, ms / 1000);
}

interface Pool {
  numUsed(): number;
  numFree(): number;
  numPendingAcquires(): number;
}

/** Connections of this process: in use, idle, and callers who wait for one. */
export function poolUse(db: Db): Record<'used' | 'free' | 'waiting', number> {
  const pool: Pool = db.client.pool;
  return { used: pool.numUsed(), free: pool.numFree(), waiting: pool.numPendingAcquires() };
}

export interface PostgresStats {
  latencyMs: number | null;
  version: string | null;
  bytes: number | null;
  connections: number | null;
  maxConnections: number | null;
}

/** Statistics of the PostgreSQL server for the operator pages. */
export async function postgresStats(db: Db): Promise<PostgresStats> {
  const latencyMs = await ping(() => db.raw('select 1'));
  const none = { version: null, bytes: null, connections: null, maxConnections: null };
  if (latencyMs === null) return { latencyMs, ...none };
  const [row] = await rowsOf<Omit<PostgresStats, 'latencyMs'>>(
    db.raw(
      `select split_part(current_setting('server_version'), ' ', 1) as version,
              pg_database_size(current_database())::float8 as bytes,
              (select count(*)::int from pg_stat_activity
                where datname = current_database()) as connections,
              current_setting('max_connections')::int as "maxConnections"`,
    ),
  );
  return { latencyMs, ...(row ?? none) };
}

export interface RedisStats {
  latencyMs: number | null;
  version: string | null;
  usedBytes: number | null;
  maxBytes: number | null;
  policy: string | null;
  persistence: string | null;
}

/** Statistics of Redis; in a cluster, of the node that answers. */
export async function redisStats(redis: RedisClient): Promise<RedisStats> {
  const latencyMs = await ping(() => redis.ping());
  const info = latencyMs === null ? '' : await redis.info();
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? null;
  const number = (name: string) => (field(name) === null ? null : Number(field(name)));
  return {
    latencyMs,
    version: field('redis_version'),
    usedBytes: number('used_memory'),
    maxBytes: number('maxmemory'),
    policy: field('maxmemory_policy'),
    persistence: field('aof_enabled') === '1' ? 'append-only file' : field('aof_enabled') && 'none',
  };
}
