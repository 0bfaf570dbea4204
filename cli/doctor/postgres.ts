import { bounds, type Config } from '../../config.ts';
import { type Db, openDb, rowsOf } from '../../db/knex.ts';
import { migrationStatus } from '../../db/migrate.ts';
import { clockFinding, type Finding, fail, ok, warn } from './finding.ts';

const OLDEST = 15;

export async function checkPostgres(config: Config): Promise<Finding[]> {
  const db = openDb({ ...config, DB_POOL_MIN: 0, DB_POOL_MAX: 1 });
  try {
    return [await version(db), await migrations(db), await clock(db), await lockTable(db)];
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

/** Group commits of a server that may hold keys at the same time: two for each of its batched commands. */
const BATCHES = 8;
/** With room for fewer servers, a burst of keyed requests on all of them can fill the table. */
const FEW_SERVERS = 4;

/** Each idempotency key of a batch takes an advisory lock until its commit. A full table fails any transaction. */
async function lockTable(db: Db): Promise<Finding> {
  const [row] = await rowsOf<{ locks: number }>(
    db.raw(
      `select current_setting('max_locks_per_transaction')::int
              * (current_setting('max_connections')::int
                 + current_setting('max_prepared_transactions')::int) as locks`,
    ),
  );
  return lockFinding(row?.locks ?? 0);
}

/** @param locks the size of PostgreSQL's shared lock table */
export function lockFinding(locks: number): Finding {
  const servers = Math.floor(locks / (bounds.groupCommitItems * BATCHES));
  const text = `the lock table of PostgreSQL (${locks}) has room for the keys of ${servers} servers`;
  const fix = 'raise max_locks_per_transaction and restart PostgreSQL';
  if (servers < 1) return fail(text, fix);
  return servers < FEW_SERVERS ? warn(text, fix) : ok(text);
}
