import type { Knex } from 'knex';

/** On a table that can be large, and in every partition of it: outside a transaction. */
export const config = { transaction: false };

const INDEX = 'webhook_deliveries_undelivered';
const COLUMNS = "(subscription_id, event_seq) where state <> 'delivered'";

/**
 * Listing the dead or pending deliveries of a subscription read all of its deliveries. A partitioned index cannot
 * be built concurrently, so each partition gets an index that is then attached. A partition that is created
 * meanwhile already has one. The migration can run again after a failure.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`create index if not exists ${INDEX} on only webhook_deliveries ${COLUMNS}`);
  const { rows } = await knex.raw<{ rows: { partition: string }[] }>(`
    select c.relname as partition
      from pg_inherits i
      join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'webhook_deliveries'::regclass
       and not exists (
         select from pg_index x join pg_inherits a on a.inhrelid = x.indexrelid
          where x.indrelid = c.oid and a.inhparent = '${INDEX}'::regclass)
     order by 1`);
  for (const { partition } of rows) {
    const own = `${partition}_undelivered`;
    await knex.raw(`drop index concurrently if exists ${own}`);
    await knex.raw(`create index concurrently ${own} on ${partition} ${COLUMNS}`);
    await knex.raw(`alter index ${INDEX} attach partition ${own}`);
  }
}

/** Migrations go forward only. */
export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
