import type { Config } from '../../config.ts';
import { type Db, openDb, rowsOf } from '../../db/knex.ts';
import { migrationStatus } from '../../db/migrate.ts';
import { clockFinding, type Finding, fail, ok } from './finding.ts';

const OLDEST = 15;

export async function checkPostgres(config: Config): Promise<Finding[]> {
  const db = openDb({ ...config, DB_POOL_MIN: 0, DB_POOL_MAX: 1 });
  try {
    return [await version(db), await migrations(db), await clock(db)];
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    return [
      fail(`PostgreSQL: ${message || code}`, 'check DATABASE_URL and that PostgreSQL is running'),
    ];
  } finally {
    await db.destroy();
  }
}

async function version(db: Db): Promise<Finding> {
  const [row] = await rowsOf<{ server_version: string }>(db.raw('show server_version'));
  const text = row?.server_version ?? '0';
  return Number.parseInt(text, 10) >= OLDEST
    ? ok(`PostgreSQL ${text}`)
    : fail(`PostgreSQL ${text}`, `use version ${OLDEST} or newer`);
}

async function migrations(db: Db): Promise<Finding> {
  const { applied, pending } = await migrationStatus(db);
  return pending.length === 0
    ? ok(`migrations: ${applied.length} applied`)
    : fail(`migrations: ${pending.length} pending (${pending.join(', ')})`, 'run foyer migrate');
}

async function clock(db: Db): Promise<Finding> {
  const before = Date.now();
  const [row] = await rowsOf<{ at: Date }>(db.raw('select clock_timestamp() as at'));
  const middle = (before + Date.now()) / 2;
  return clockFinding('PostgreSQL', (row?.at.getTime() ?? 0) - middle);
}
