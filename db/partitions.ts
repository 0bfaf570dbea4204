import { type Db, rowsOf, type Trx } from './knex.ts';

/** A table partitioned by range of a timestamptz column, one partition a UTC day, with a DEFAULT one. */
export interface DailyTable {
  table: string;
  /** The partition column. */
  column: string;
}

interface Day {
  name: string;
  from: string;
  to: string;
}

const AHEAD_DAYS = 3;
/** Partition changes lock out readers for a moment. A long reader makes them fail, and the next run tries again. */
const LOCK_TIMEOUT_MS = 2_000;
const BATCH = 1_000;

/**
 * Create the partitions of today and the days ahead that are missing. A day whose rows are in the
 * DEFAULT partition already stays there. Two at once are safe. Returns the names of the new ones.
 */
export async function ensureDailyPartitions(
  db: Db,
  { table, column }: DailyTable,
  aheadDays = AHEAD_DAYS,
): Promise<string[]> {
  return changePartitions(db, table, async (trx) => {
    const days = await rowsOf<Day>(
      trx.raw(
        `select :table || to_char(d.day, '_YYYYMMDD') as name,
                to_char(d.day, 'YYYY-MM-DD') || ' 00:00+00' as from,
                to_char(d.day + interval '1 day', 'YYYY-MM-DD') || ' 00:00+00' as to
           from (select date_trunc('day', now() at time zone 'UTC') + make_interval(days => n) as day
                   from generate_series(0, :ahead::int) as n) as d
          where to_regclass(:table || to_char(d.day, '_YYYYMMDD')) is null`,
        { table, ahead: aheadDays },
      ),
    );
    const created: string[] = [];
    for (const day of days) if (await create(trx, { table, column }, day)) created.push(day.name);
    return created;
  });
}

/** ATTACH, unlike `create table … partition of`, does not lock the parent against its readers and writers. */
async function create(trx: Trx, { table, column }: DailyTable, day: Day): Promise<boolean> {
  const taken = await rowsOf(
    trx.raw('select 1 from ?? where ?? >= ?::timestamptz and ?? < ?::timestamptz limit 1', [
      ...[`${table}_default`, column, day.from, column, day.to],
    ]),
  );
  if (taken.length > 0) return false;
  await trx.raw('create table ?? (like ?? including all)', [day.name, table]);
  await trx.raw(
    trx
      .raw('alter table ?? attach partition ?? for values from (?) to (?)', [
        ...[table, day.name, day.from, day.to],
      ])
      .toQuery(),
  );
  return true;
}

/**
 * Drop the partitions of which every row is older than `keepHours`, and delete such rows from the
 * DEFAULT one. Returns the names of the dropped ones and the number of deleted rows.
 */
export async function dropOldPartitions(
  db: Db,
  { table, column }: DailyTable,
  keepHours: number,
): Promise<{ dropped: string[]; deleted: number }> {
  const dropped = await changePartitions(db, table, async (trx) => {
    const old = await rowsOf<{ name: string }>(
      trx.raw(
        `select c.relname as name
           from pg_inherits i
           join pg_class c on c.oid = i.inhrelid
          where i.inhparent = to_regclass(:table)
            and c.relname ~ ('^' || :table || '_[0-9]{8}$')
            and to_date(right(c.relname, 8), 'YYYYMMDD') + interval '1 day'
                <= (now() - make_interval(hours => :keep::int)) at time zone 'UTC'
          order by c.relname`,
        { table, keep: keepHours },
      ),
    );
    for (const { name } of old) await trx.raw('drop table ??', [name]);
    return old.map(({ name }) => name);
  });
  return { dropped, deleted: await deleteOld(db, { table, column }, keepHours) };
}

/** In bounded statements, until it is done. */
async function deleteOld(db: Db, { table, column }: DailyTable, keepHours: number) {
  let deleted = 0;
  for (let more = true; more; ) {
    const gone = await rowsOf(
      db.raw(
        `delete from ?? where ctid = any(array(
           select ctid from ?? where ?? <= now() - make_interval(hours => ?) limit ?))
         returning 1`,
        [`${table}_default`, `${table}_default`, column, keepHours, BATCH],
      ),
    );
    deleted += gone.length;
    more = gone.length === BATCH;
  }
  return deleted;
}

const changePartitions = <T>(db: Db, table: string, change: (trx: Trx) => Promise<T>): Promise<T> =>
  db.transaction(async (trx) => {
    await trx.raw(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`partitions ${table}`]);
    return change(trx);
  });
