import { type Db, rowsOf } from '../../db/knex.ts';

interface Row {
  calls: number;
  ms: number;
  query: string;
}

const TOP = 14;

/**
 * Starts counting with `pg_stat_statements`. The returned function returns the statements with the most
 * total time, one per line. Without the extension it returns nothing.
 */
export async function statementNotes(db: Db, part: string): Promise<() => Promise<string[]>> {
  const [found] = await rowsOf(
    db.raw("select from pg_extension where extname = 'pg_stat_statements'"),
  );
  if (!found) return async () => [];
  await db.raw('select pg_stat_statements_reset()');
  return async () => {
    const rows = await rowsOf<Row>(
      db.raw(
        `select calls::int, total_exec_time + total_plan_time as ms,
                left(regexp_replace(query, '\\s+', ' ', 'g'), 90) as query
           from pg_stat_statements order by total_exec_time desc limit ?`,
        [TOP],
      ),
    );
    return rows.map(({ calls, ms, query }) => `${part}: ${calls} × ${ms.toFixed(0)} ms: ${query}`);
  };
}

/** The number of statements that PostgreSQL has run, without this one, and their total time (ms). */
export async function statementTotals(db: Db): Promise<{ calls: number; ms: number }> {
  const [row] = await rowsOf<{ calls: number; ms: number }>(
    db.raw(
      `select coalesce(sum(calls), 0)::int as calls,
              coalesce(sum(total_plan_time + total_exec_time), 0)::float8 as ms
         from pg_stat_statements where query not like '%pg_stat_statements%'`,
    ),
  );
  return row ?? { calls: 0, ms: 0 };
}
