import { join } from 'node:path';
import { freePort } from '../../../cli/embedded/ports.ts';
import { type Db, openDb } from '../../../db/knex.ts';
import { migrate } from '../../../db/migrate.ts';
import { closeRedis, openRedis, type RedisClient } from '../../../db/redis.ts';
import { createLog } from '../../../log.ts';
import { MEMBERS, SERVERS } from '../plan.ts';
import { type Link, startLink } from './link.ts';
import { type Member, startMember } from './members.ts';
import { copyProgram, makeRunFolder } from './run-folder.ts';
import { openPostgres, openRedisStore, type Store } from './stores.ts';

/** A complete fleet: stores, links, members, and direct connections to the stores for the run. */
export interface World {
  postgres: Store;
  redisStore: Store;
  members: Map<string, Member>;
  links: Map<string, Link>;
  /** The URL of each server for people, through its link. */
  urls: string[];
  /** The direct URLs of the servers, for readiness checks. */
  direct: string[];
  /** Direct connections, not through a link. */
  db: Db;
  redis: RedisClient;
  databaseUrl: string;
  logFile: string;
  /** Members that exited without being killed by the run. */
  deaths: string[];
  close(): Promise<void>;
}

export interface WorldOptions {
  env?: Record<string, string>;
  /** Called after the migrations and before the first member starts. */
  prepare?: (db: Db) => Promise<void>;
}

export const SECRET = 'a-chaos-secret-of-more-than-32-bytes!';

export async function startWorld({ env = {}, prepare }: WorldOptions = {}): Promise<World> {
  const closers: (() => Promise<void> | void)[] = [];
  const closing = { begun: false };
  const runFolder = await makeRunFolder();
  process.on('exit', runFolder.killAll);
  closers.push(() => {
    process.off('exit', runFolder.killAll);
    runFolder.remove();
  });
  const close = async () => {
    if (closing.begun) return;
    closing.begun = true;
    for (const end of closers.reverse()) await end();
  };
  try {
    const program = copyProgram();
    closers.push(program.remove);
    const { folder, note } = runFolder;
    const [postgres, redisStore] = await Promise.all([
      openPostgres(folder, note),
      openRedisStore(folder, note),
    ]);
    closers.push(() =>
      Promise.all([postgres.stop('SIGINT'), stopRedis(redisStore)]).then(() => {}),
    );
    const db = openDb({ DATABASE_URL: postgres.url, DB_POOL_MIN: 0, DB_POOL_MAX: 5 });
    const log = createLog('chaos', 'silent', false);
    const redis = openRedis('command', { url: redisStore.url, log });
    closers.push(async () => {
      closeRedis(redis);
      await db.destroy();
    });
    await migrate({ DATABASE_URL: postgres.url });
    await prepare?.(db);

    const links = new Map<string, Link>();
    const ports = new Map<string, number>();
    closers.push(() => Promise.all([...links.values()].map((link) => link.close())).then(() => {}));
    const link = async (name: string, port: number) => {
      const made = await startLink(name, port);
      links.set(name, made);
      return made.port;
    };
    const members = new Map<string, Member>();
    closers.push(() => Promise.all([...members.values()].map((m) => m.stop())).then(() => {}));
    const deaths: string[] = [];
    const logFile = join(folder, 'members.log');
    await Promise.all(
      MEMBERS.map(async (name) => {
        const kind = name.startsWith('server') ? 'server' : 'worker';
        const port = await freePort();
        ports.set(name, port);
        const people = kind === 'server' ? await link(`${name}/people`, port) : port;
        const database = new URL(postgres.url);
        database.port = String(await link(`${name}/postgres`, postgres.port));
        const member = await startMember({
          ...{ name, kind, program: program.main, logFile, note },
          onDeath: (who, how) => deaths.push(`${who} ended by itself: ${how}`),
          env: {
            NODE_ENV: 'test',
            LOG_LEVEL: 'warn',
            AUTH_SECRET: SECRET,
            RATE_LIMITS: 'off',
            HOST: '127.0.0.1',
            PORT: String(port),
            PUBLIC_URL: `http://127.0.0.1:${people}`,
            DATABASE_URL: database.href,
            REDIS_URL: `redis://127.0.0.1:${await link(`${name}/redis`, redisStore.port)}`,
            ...env,
          },
        });
        members.set(name, member);
      }),
    );
    const urls = SERVERS.map((name) => `http://127.0.0.1:${links.get(`${name}/people`)?.port}`);
    const direct = SERVERS.map((name) => `http://127.0.0.1:${ports.get(name)}`);
    return {
      ...{ postgres, redisStore, members, links, urls, direct, db, redis, logFile, deaths, close },
      databaseUrl: postgres.url,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function stopRedis(store: Store): Promise<void> {
  store.signal('SIGCONT');
  await store.stop('SIGTERM');
}
