import { after, before } from 'mocha';
import { type Config, loadConfig } from '../../config.ts';
import { type Db, openDb } from '../../db/knex.ts';
import { closeRedis, openRedis, type RedisClient } from '../../db/redis.ts';
import { createLog, type Log } from '../../log.ts';
import { PATIENCE, TEMPLATE } from './fixtures.ts';
import { LOGICAL_DATABASES } from './stores.ts';

/** What a test file works with: a PostgreSQL database and a Redis logical database of its own. */
export interface TestServices {
  readonly db: Db;
  readonly redis: RedisClient;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly log: Log;
  /** A frozen configuration on these stores; PORT 0, rate limits off, silent, unless overridden. */
  config(overrides?: Record<string, string>): Config;
}

interface Opened {
  db: Db;
  redis: RedisClient;
  databaseUrl: string;
  redisUrl: string;
}

const TEST_KEY = '00'.repeat(32);
const TEST_SECRET = 'a-test-secret-of-more-than-32-bytes';
let given = 0;

/**
 * Call at the top of a `describe`. The database is a copy of the migrated template, the Redis
 * database is empty; both are gone after the block. Pub/sub is not divided by Redis' logical
 * databases: whatever subscribes must be closed in the block's own `after`.
 */
export function useServices(): TestServices {
  const log = createLog('test', 'silent', false);
  let opened: Opened | undefined;
  const now = (): Opened => {
    if (!opened)
      throw new Error('services are there from `before` to `after`, not while describing');
    return opened;
  };
  const config = (overrides: Record<string, string> = {}): Config =>
    loadConfig({
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      HOST: '127.0.0.1',
      PORT: '0',
      RATE_LIMITS: 'off',
      AUTH_SECRET: TEST_SECRET,
      TOKEN_ENCRYPTION_KEYS: TEST_KEY,
      DB_POOL_MIN: '0',
      DATABASE_URL: now().databaseUrl,
      REDIS_URL: now().redisUrl,
      ...overrides,
    });

  before('own database', async () => {
    opened = await open(log);
  });
  after('own database', async () => {
    if (opened) await close(opened);
    opened = undefined;
  });

  return {
    get db() {
      return now().db;
    },
    get redis() {
      return now().redis;
    },
    get databaseUrl() {
      return now().databaseUrl;
    },
    get redisUrl() {
      return now().redisUrl;
    },
    log,
    config,
  };
}

async function open(log: Log): Promise<Opened> {
  given += 1;
  const databaseUrl = new URL(address('FOYER_TEST_POSTGRES'));
  databaseUrl.pathname = `foyer_${given}`;
  // Database 0 stays unused, for clients that forget to name one.
  const redisUrl = `${address('FOYER_TEST_REDIS')}/${1 + (given % (LOGICAL_DATABASES - 1))}`;
  await asAdmin(`create database foyer_${given} template ${TEMPLATE}`);
  const redis = openRedis('command', { url: redisUrl, log });
  await redis.flushdb();
  const db = openDb({ DATABASE_URL: databaseUrl.href, DB_POOL_MIN: 0, DB_POOL_MAX: 10 }, PATIENCE);
  return { db, redis, databaseUrl: databaseUrl.href, redisUrl };
}

async function close({ db, redis, databaseUrl }: Opened): Promise<void> {
  await db.destroy();
  closeRedis(redis);
  await asAdmin(`drop database ${new URL(databaseUrl).pathname.slice(1)} with (force)`);
}

async function asAdmin(statement: string): Promise<void> {
  const admin = openDb(
    { DATABASE_URL: address('FOYER_TEST_POSTGRES'), DB_POOL_MIN: 0, DB_POOL_MAX: 1 },
    PATIENCE,
  );
  try {
    await admin.raw(statement);
  } finally {
    await admin.destroy();
  }
}

function address(name: string): string {
  const url = process.env[name];
  if (!url) throw new Error(`${name} is not set: run tests with npm run test:one -- <file>`);
  return url;
}
