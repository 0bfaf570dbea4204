import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findRedis } from '../../cli/embedded/find-redis.ts';
import { startPostgres } from '../../cli/embedded/postgres.ts';
import { makeSharedHome, SHARED_HOME } from '../../cli/embedded/postgres-binaries.ts';
import { blockingFolder, postgresAccount } from '../../cli/embedded/reachable.ts';
import { startRedis } from '../../cli/embedded/redis.ts';
import { type Db, openDb } from '../../db/knex.ts';
import { migrate } from '../../db/migrate.ts';
import { closeRedis, type RedisClient } from '../../db/redis.ts';
import { createLog, type Log } from '../../log.ts';
import { keep } from './running.ts';

/** Starts an empty PostgreSQL and Redis with production durability. */
export interface Stores {
  databaseUrl: string;
  redisUrl: string;
  postgresPid: number;
  redisPid: number;
  db: Db;
  redis: RedisClient;
  log: Log;
  stop(): Promise<void>;
}

/** The pool size of one worker or server. */
export const CONNECTIONS = 10;
const COUNT_STATEMENTS = ['shared_preload_libraries=pg_stat_statements'];

/** @param countStatements load `pg_stat_statements`, which costs each statement a little */
export async function startStores({ countStatements = false } = {}): Promise<Stores> {
  const folder = mkdtempSync(join(placeFor(), 'foyer-bench-'));
  chmodSync(folder, 0o755);
  const removeFolder = keep(() => rmSync(folder, { recursive: true, force: true }));
  const postgres = await startPostgres({
    folder: join(folder, 'postgres'),
    logFile: join(folder, 'postgres.log'),
    password: 'bench',
    settings: countStatements ? COUNT_STATEMENTS : [],
  });
  const stopPostgres = keep(() => postgres.stop());
  const redisServer = await startRedis({
    run: await findRedis(process.env['PATH'] ?? '', (_what, work) => work()),
    folder: join(folder, 'redis'),
    logFile: join(folder, 'redis.log'),
  });
  const stopRedis = keep(() => redisServer.stop());

  const log = createLog('bench', 'warn', false);
  const db = openDb(
    { DATABASE_URL: postgres.url, DB_POOL_MIN: 0, DB_POOL_MAX: CONNECTIONS },
    { byKey: true },
  );
  const redis = openPatient(redisServer.url);
  const closeClients = keep(async () => {
    closeRedis(redis);
    await db.destroy();
  });
  await migrate({ DATABASE_URL: postgres.url });
  if (countStatements) await db.raw('create extension pg_stat_statements');
  return {
    databaseUrl: postgres.url,
    redisUrl: redisServer.url,
    postgresPid: postgres.id.pid,
    redisPid: redisServer.id.pid,
    db,
    redis,
    log,
    stop: async () => {
      await closeClients();
      await Promise.all([stopPostgres(), stopRedis()]);
      await removeFolder();
    },
  };
}

/** Like the program's own client, but without the timeout, so that slow calls are measured. */
function openPatient(url: string): Redis {
  const redis = new Redis(url, { enableAutoPipelining: true, maxRetriesPerRequest: null });
  redis.on('error', () => {});
  return redis;
}

/** A folder that the user `postgres` can reach. */
function placeFor(): string {
  if (!blockingFolder(tmpdir(), postgresAccount())) return tmpdir();
  makeSharedHome();
  return SHARED_HOME;
}
