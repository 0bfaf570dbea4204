import { join } from 'node:path';
import { clusterPlace } from '../embedded/cluster-place.ts';
import { findRedis } from '../embedded/find-redis.ts';
import { startPostgres } from '../embedded/postgres.ts';
import { startRedis } from '../embedded/redis.ts';
import type { Secrets } from '../embedded/state.ts';
import type { Env } from '../environment.ts';
import { step } from './progress.ts';
import type { Session } from './session.ts';

interface Addresses {
  databaseUrl: string;
  redisUrl: string;
}

/** The stores from the environment, and embedded ones where a URL is not set. */
export async function startStores(
  session: Session,
  env: Env,
  secrets: Secrets | undefined,
): Promise<Addresses> {
  const [databaseUrl, redisUrl] = await allOrFirstError([
    env['DATABASE_URL'] ?? embeddedPostgres(session, secrets?.POSTGRES_PASSWORD ?? ''),
    env['REDIS_URL'] ?? embeddedRedis(session, env['PATH'] ?? ''),
  ]);
  return { databaseUrl, redisUrl };
}

/** Waits for both, so that no store is still starting when the error is reported. */
async function allOrFirstError(
  starting: [string | Promise<string>, string | Promise<string>],
): Promise<[string, string]> {
  await Promise.allSettled(starting);
  return Promise.all(starting);
}

async function embeddedPostgres(session: Session, password: string): Promise<string> {
  const start = (port?: number) => {
    session.goOn();
    return startPostgres({
      ...clusterPlace(session.dataDir),
      password,
      port,
      onSpawn: (id) => session.note('postgres', id),
    });
  };
  const service = await step('PostgreSQL', () => start());
  session.keep('PostgreSQL', service, () => start(service.port));
  return service.url;
}

async function embeddedRedis(session: Session, path: string): Promise<string> {
  const run = await findRedis(path, step);
  const start = (port?: number) => {
    session.goOn();
    return startRedis({
      run,
      folder: join(session.dataDir, 'redis'),
      logFile: join(session.dataDir, 'redis.log'),
      port,
      onSpawn: (id) => session.note('redis', id),
    });
  };
  const service = await step('Redis', () => start());
  session.keep('Redis', service, () => start(service.port));
  return service.url;
}
