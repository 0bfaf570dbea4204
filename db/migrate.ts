import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Config } from '../config.ts';
import { type Db, openMigrationDb, rowsOf, type Trx } from './knex.ts';

const folder = new URL('../migrations/', import.meta.url);

/** Names without an ending, so that sources (`.ts`) and the built program (`.js`) agree on what ran. */
export const migrations: Knex.MigrationSource<string> = {
  getMigrations: async () =>
    [...new Set(readdirSync(folder).map((file) => file.split('.')[0] ?? ''))]
      .filter((name) => /^\d{3}-/.test(name))
      .sort(),
  getMigrationName: (name) => name,
  getMigration: async (name) => {
    const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    return (await import(new URL(`${name}.${ending}`, folder).href)) as Knex.Migration;
  },
};

/** Any number; the same in every version, so that two migrating processes wait for each other. */
const LOCK = 7_106_931;
/** How long a process waits for another one that migrates, and how often it looks. */
const PATIENCE_MS = 3_600_000;
const LOOK_MS = 200;

export interface MigrateOptions {
  source?: Knex.MigrationSource<string>;
  /** Called once when another process is migrating. */
  onWait?: () => void;
}

/**
 * Bring the schema to date, on connections without a statement timeout. Two at once are safe: an advisory
 * lock lets the second find nothing to do.
 * @returns the names of the migrations that ran
 */
export async function migrate(
  config: Pick<Config, 'DATABASE_URL'>,
  { source = migrations, onWait }: MigrateOptions = {},
): Promise<string[]> {
  const db = openMigrationDb(config);
  try {
    return await db.transaction(async (lock) => {
      await takeLock(lock, onWait);
      // Ours is the lock that a crash releases; knex keeps its own in a row that a crash leaves behind.
      await db.migrate.forceFreeMigrationsLock({ migrationSource: source });
      const [, applied] = (await db.migrate.latest({ migrationSource: source })) as [
        number,
        string[],
      ];
      return applied;
    });
  } finally {
    await db.destroy();
  }
}

/**
 * Looks again and again: `create index concurrently` waits for every statement that runs, and one that
 * waited for the lock of its own migration would wait for ever.
 */
async function takeLock(trx: Trx, onWait: (() => void) | undefined): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let hasWaited = false; ; hasWaited = true) {
    // Without bindings, and so by the simple protocol: the portal of the other one would keep a snapshot for
    // as long as the transaction lasts, and that is what the index waits for.
    const query = trx.raw(`select pg_try_advisory_xact_lock(${LOCK}) as locked`);
    const [row] = await rowsOf<{ locked: boolean }>(query);
    if (row?.locked) return;
    if (!hasWaited) onWait?.();
    if (performance.now() > deadline)
      throw new Error('another process has been migrating for long');
    await pause(LOOK_MS);
  }
}

export interface MigrationStatus {
  applied: string[];
  pending: string[];
}

/** What has run and what has not; reads only. */
export async function migrationStatus(db: Db): Promise<MigrationStatus> {
  const known = await migrations.getMigrations([]);
  const exists = await db.schema.hasTable('knex_migrations');
  const rows: { name: string }[] = exists ? await db('knex_migrations').select('name') : [];
  const done = new Set(rows.map((row) => row.name));
  return {
    applied: known.filter((name) => done.has(name)),
    pending: known.filter((name) => !done.has(name)),
  };
}
