import type { TableRetention } from '../define.ts';
import { type Db, rowsOf } from '../knex.ts';
import { dropOldPartitions, ensureDailyPartitions } from '../partitions.ts';

/** Rows of one statement: no lock is held long, and a stop in the middle costs nothing. */
const BATCH = 1_000;
/** Statements for one table in one run; the next run continues. */
const MAX_BATCHES = 200;

/**
 * Delete the rows that a table no longer keeps, oldest first, until none is left or `batches`
 * statements have run. Rows that somebody else has locked wait for the next run.
 * @returns how many rows, or days, were deleted
 */
export async function enforceRetention(
  db: Db,
  table: TableRetention,
  { batches = MAX_BATCHES, batchSize = BATCH } = {},
): Promise<number> {
  if (table.keep === 'partitions') return renewPartitions(db, table);
  if (table.keep !== 'rows') return 0;
  const statement = deleteStatement(table, batchSize);
  let deleted = 0;
  for (let batch = 0; batch < batches; batch += 1) {
    const [row] = await rowsOf<{ count: number }>(db.raw(statement));
    const count = row?.count ?? 0;
    deleted += count;
    if (count < batchSize) break;
  }
  return deleted;
}

/** Create the days ahead, and drop those past their time. */
async function renewPartitions(
  db: Db,
  { table, column, hours }: Extract<TableRetention, { keep: 'partitions' }>,
): Promise<number> {
  await ensureDailyPartitions(db, { table, column });
  const { dropped, deleted } = await dropOldPartitions(db, { table, column }, hours);
  return dropped.length + deleted;
}

/** Names and conditions are constants of the domains, never input. */
function deleteStatement(
  { table, expired, orderBy, key, children = [] }: Extract<TableRetention, { keep: 'rows' }>,
  batchSize: number,
): string {
  const parts = children.map(
    (child, at) => `, child_${at} as (
      delete from ${child.table} where ${child.column} in (select ${key} from gone))`,
  );
  return `with expired as (
      select ${key} from ${table} where ${expired}
       order by ${orderBy} limit ${batchSize} for update skip locked
    ), gone as (
      delete from ${table} where ${key} in (select ${key} from expired) returning ${key}
    )${parts.join('')}
    select count(*)::int as count from gone`;
}
