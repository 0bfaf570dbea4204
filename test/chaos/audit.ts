import { type Db, rowsOf } from '../../db/knex.ts';

/** One committed change of one row, in order. */
export interface Change {
  seq: number;
  /** The transaction id, shared by all its changes. */
  tx: string;
  /** The commit time in ms since 1970, from the clock of PostgreSQL, which is the clock of this machine. */
  at: number;
  table: string;
  op: 'INSERT' | 'UPDATE' | 'DELETE';
  /** The new row; for a DELETE, the old row. */
  row: Record<string, unknown>;
}

/**
 * Records every change of these tables in the run's own database. A rolled-back change is not recorded. If
 * two transactions locked a common row, the later one has the higher numbers.
 */
export async function installAudit(db: Db, tables: readonly string[]): Promise<void> {
  await db.raw(`
    create table chaos_audit (
      seq bigint generated always as identity primary key,
      tx xid8 not null default pg_current_xact_id(),
      table_name text not null,
      op text not null,
      data jsonb not null
    )`);
  await db.raw(`
    create function chaos_note() returns trigger language plpgsql as $$
    begin
      insert into chaos_audit (table_name, op, data)
      values (tg_table_name, tg_op, to_jsonb(case when tg_op = 'DELETE' then old else new end));
      return null;
    end $$`);
  for (const table of tables) {
    await db.raw(
      `create trigger chaos_note after insert or update or delete on ?? for each row
       execute function chaos_note()`,
      [table],
    );
  }
}

export async function readAudit(db: Db): Promise<Change[]> {
  const rows = await rowsOf<{
    seq: string;
    tx: string;
    at: number;
    table_name: string;
    op: Change['op'];
    data: Record<string, unknown>;
  }>(
    db.raw(
      `select seq, tx::text, table_name, op, data,
              (extract(epoch from pg_xact_commit_timestamp(tx::xid)) * 1000)::float8 as at
         from chaos_audit order by seq`,
    ),
  );
  return rows.map(({ seq, tx, at, table_name, op, data }) => ({
    ...{ seq: Number(seq), tx, at, op, row: data },
    table: table_name,
  }));
}
