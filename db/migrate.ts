import { readdirSync } from 'node:fs';
import type { Knex } from 'knex';
import type { Db } from './knex.ts';

const folder = new URL('../migrations/', import.meta.url);

/** Names without an ending, so that sources (`.ts`) and the built program (`.js`) agree on what ran. */
const source: Knex.MigrationSource<string> = {
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

/** Bring the schema to date. Two at once are safe: an advisory lock lets the second find nothing to do. */
export async function migrate(db: Db): Promise<string[]> {
  return db.transaction(async (lock) => {
    await lock.raw('set local idle_in_transaction_session_timeout = 0');
    await lock.raw('set local statement_timeout = 0');
    await lock.raw('select pg_advisory_xact_lock(?)', [LOCK]);
    // Ours is the lock that a crash releases; knex keeps its own in a row that a crash leaves behind.
    await db.migrate.forceFreeMigrationsLock({ migrationSource: source });
    const [, applied] = (await db.migrate.latest({ migrationSource: source })) as [
      number,
      string[],
    ];
    return applied;
  });
}

export interface MigrationStatus {
  applied: string[];
  pending: string[];
}

/** What has run and what has not; reads only. */
export async function migrationStatus(db: Db): Promise<MigrationStatus> {
  const known = await source.getMigrations([]);
  const exists = await db.schema.hasTable('knex_migrations');
  const rows: { name: string }[] = exists ? await db('knex_migrations').select('name') : [];
  const done = new Set(rows.map((row) => row.name));
  return {
    applied: known.filter((name) => done.has(name)),
    pending: known.filter((name) => !done.has(name)),
  };
}
