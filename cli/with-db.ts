import type { Config } from '../config.ts';
import { type Db, openDb } from '../db/knex.ts';
import { configOf, type Env, joinedEnv, shellEnv } from './environment.ts';

/** Runs a command that needs only PostgreSQL: DATABASE_URL, or the running embedded PostgreSQL. */
export async function withDb<T>(work: (db: Db, config: Config) => Promise<T>): Promise<T> {
  const config = configOf(joinedEnv(withoutRedis(shellEnv())));
  const db = openDb({ ...config, DB_POOL_MIN: 0, DB_POOL_MAX: 3 });
  try {
    return await work(db, config);
  } finally {
    await db.destroy();
  }
}

/** With DATABASE_URL set, the command needs no running Redis. */
const withoutRedis = (env: Env): Env =>
  env['DATABASE_URL'] ? { REDIS_URL: 'redis://unused', ...env } : env;
