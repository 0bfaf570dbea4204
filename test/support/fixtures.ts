import { writeFileSync, writeSync } from 'node:fs';
import { environment } from '../../config.ts';
import { openDb } from '../../db/knex.ts';
import { migrate } from '../../db/migrate.ts';
import { type Stores, startStores } from './stores.ts';

/** Loaded by mocha (`require` in .mocharc.json): one PostgreSQL and one Redis for the whole run. */

export const TEMPLATE = 'foyer_template';
/** For the tests' own connections: a busy machine must not decide a test. */
export const PATIENCE = { acquireMs: 15_000 };
/** How long the process may live after the last test; what is still open then was forgotten by a test. */
const EXIT_MS = 5_000;

interface Stats {
  passes: number;
  failures: number;
}

let stores: Stores | undefined;

export async function mochaGlobalSetup(): Promise<void> {
  process.on('unhandledRejection', failOnUnhandled);
  // What the shell happens to hold must not decide a test.
  for (const name of Object.keys(environment.shape)) delete process.env[name];
  stores = await startStores();
  process.env['FOYER_TEST_POSTGRES'] = stores.postgresUrl;
  process.env['FOYER_TEST_REDIS'] = stores.redisUrl;
  try {
    await makeTemplate(stores.postgresUrl);
  } catch (error) {
    // mocha calls no teardown then, and running stores would keep the process alive for ever.
    await stores.stop();
    throw error;
  }
}

/** mocha calls it with its runner as `this`. */
export async function mochaGlobalTeardown(this: { stats?: Stats }): Promise<void> {
  await stores?.stop();
  const file = process.env['FOYER_TEST_RESULT'];
  if (file && this.stats) {
    const { passes, failures } = this.stats;
    writeFileSync(file, JSON.stringify({ passed: passes, failed: failures }));
  }
  setTimeout(reportOpenHandles, EXIT_MS).unref();
}

/** It would end a process of the program. mocha itself passes it on to nobody. */
function failOnUnhandled(reason: unknown): never {
  throw reason instanceof Error ? reason : new Error(`unhandled rejection: ${reason}`);
}

/** Migrations run once; every test file gets a copy of the result. */
async function makeTemplate(postgresUrl: string): Promise<void> {
  const admin = openDb({ DATABASE_URL: postgresUrl, DB_POOL_MIN: 0, DB_POOL_MAX: 1 }, PATIENCE);
  await admin.raw(`create database ${TEMPLATE}`);
  await admin.destroy();
  const url = new URL(postgresUrl);
  url.pathname = TEMPLATE;
  await migrate({ DATABASE_URL: url.href });
}

function reportOpenHandles(): void {
  const open = process
    .getActiveResourcesInfo()
    .filter((name) => !/^(TTYWrap|PipeWrap)$/.test(name));
  writeSync(2, `\nthe tests left something open: ${open.join(', ') || 'unknown'}\n`);
  // mocha sets its own exit code in an `exit` listener; ours comes later and wins.
  process.on('exit', () => {
    process.exitCode = 1;
  });
  process.exit(1);
}
