import knex, { type Knex } from 'knex';
import type { Config } from '../config.ts';

export type Db = Knex;
export type Trx = Knex.Transaction;

/** How long a caller waits for a free connection before it gets `service.unavailable`. */
const ACQUIRE_MS = 900;
const CONNECT_MS = 900;

/**
 * The pool of one process. `statement_timeout` bounds every statement; a transaction whose process
 * froze is ended by the server, so that a thawed process cannot commit a decision of another age.
 */
export function openDb(
  config: Pick<Config, 'DATABASE_URL' | 'DB_POOL_MIN' | 'DB_POOL_MAX'>,
  { acquireMs = ACQUIRE_MS }: { acquireMs?: number } = {},
): Db {
  return knex({
    client: 'pg',
    connection: {
      connectionString: config.DATABASE_URL,
      connectionTimeoutMillis: CONNECT_MS,
      options: '-c statement_timeout=15000 -c idle_in_transaction_session_timeout=10000',
      keepAlive: true,
    },
    pool: {
      min: Math.min(config.DB_POOL_MIN, config.DB_POOL_MAX),
      max: config.DB_POOL_MAX,
      propagateCreateError: false,
    },
    acquireConnectionTimeout: acquireMs,
    // An outage is reported by whoever meets it, once, in the process's own log.
    log: { warn() {}, error() {}, deprecate() {}, debug() {} },
  });
}

/** Rows of a raw statement, typed by the caller. */
export async function rowsOf<Row>(query: Knex.Raw): Promise<Row[]> {
  const result = (await query) as unknown as { rows: Row[] };
  return result.rows;
}
