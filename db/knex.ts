import knex, { type Knex } from 'knex';
import type { Config } from '../config.ts';

export type Db = Knex;
export type Trx = Knex.Transaction;

/** How long a caller waits for a free connection before it gets `service.unavailable`. */
const ACQUIRE_MS = 900;
const CONNECT_MS = 900;

const bounded = '-c statement_timeout=15000 -c idle_in_transaction_session_timeout=10000';
/**
 * Servers and workers look everything up by key. A plan is kept for a while, and one that was made
 * while a table was small would read all of it long after it has grown.
 */
const keyed = '-c random_page_cost=1.1 -c enable_seqscan=off';
/** A report ends within the time of a request. A year of a busy queue is sorted in memory. */
const forReports = [
  '-c statement_timeout=8000 -c idle_in_transaction_session_timeout=10000',
  '-c default_transaction_read_only=on -c work_mem=64MB',
].join(' ');

/**
 * The pool of one process. `statement_timeout` bounds every statement; a transaction whose process
 * froze is ended by the server, so that a process that resumes cannot commit a stale decision.
 */
export function openDb(
  config: Pick<Config, 'DATABASE_URL' | 'DB_POOL_MIN' | 'DB_POOL_MAX'>,
  { acquireMs = ACQUIRE_MS, byKey = false }: { acquireMs?: number; byKey?: boolean } = {},
): Db {
  return openPool(
    config.DATABASE_URL,
    { min: Math.min(config.DB_POOL_MIN, config.DB_POOL_MAX), max: config.DB_POOL_MAX },
    { acquireMs, options: byKey ? `${bounded} ${keyed}` : bounded },
  );
}

/**
 * A few connections of their own for statements that read much, so that those never take one from people who
 * wait for an answer. They are opened when they are needed.
 */
export const openReportDb = (
  { DATABASE_URL }: Pick<Config, 'DATABASE_URL'>,
  { connections, acquireMs }: { connections: number; acquireMs: number },
): Db => openPool(DATABASE_URL, { min: 0, max: connections }, { acquireMs, options: forReports });

function openPool(
  connectionString: string,
  { min, max }: { min: number; max: number },
  { acquireMs, options }: { acquireMs: number; options: string },
): Db {
  const connection = {
    connectionString,
    connectionTimeoutMillis: CONNECT_MS,
    options,
    keepAlive: true,
    // Statements of one transaction that do not need each other's rows go out together.
    pipeline: true,
  };
  return knex({
    client: 'pg',
    connection,
    pool: { min, max, propagateCreateError: false },
    acquireConnectionTimeout: acquireMs,
    // The code that meets an outage reports it once, in the process's own log.
    log: { warn() {}, error() {}, deprecate() {}, debug() {} },
  });
}

/**
 * No statement timeout: the build of an index takes as long as the table is large. A migration that cannot
 * get its lock gives up soon, because everybody else queues behind it.
 */
const patient =
  '-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c lock_timeout=15000';

/** Two connections for migrations: one has the lock, the other does the work. */
export const openMigrationDb = ({ DATABASE_URL }: Pick<Config, 'DATABASE_URL'>): Db =>
  knex({
    client: 'pg',
    connection: { connectionString: DATABASE_URL, options: patient, keepAlive: true },
    pool: { min: 0, max: 2 },
    log: { warn() {}, error() {}, deprecate() {}, debug() {} },
  });

const names = new Map<string, string>();

/**
 * A statement that a connection parses and plans once. For texts that are constants only: every text
 * stays prepared for as long as the connection lives.
 */
export function prepared(
  db: Db,
  sql: string,
  bindings: readonly unknown[] | Readonly<Record<string, unknown>>,
): Knex.Raw {
  const name = names.get(sql) ?? `foyer_${names.size + 1}`;
  names.set(sql, name);
  return db.raw(sql, bindings as Knex.ValueDict).options({ name });
}

/** Rows of a raw statement, typed by the caller. */
export async function rowsOf<Row>(query: Knex.Raw): Promise<Row[]> {
  const result = (await query) as unknown as { rows: Row[] };
  return result.rows;
}
