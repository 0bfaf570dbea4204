import type { Knex } from 'knex';

/**
 * Finding people by the beginning of their username. The unique index on citext follows the
 * database's collation, in which a beginning is not one range of keys; in "C" it is.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create index users_username_prefix on users ((lower(username::text) collate "C"))
    where deleted_at is null`);
}

/** Migrations go forward only. */
export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
