import type { Knex } from 'knex';

/**
 * These rows are written a few times within seconds and then never again: with room on the page a new
 * version stands beside the old one, and only the indexes of changed columns are touched.
 */
export async function up(knex: Knex): Promise<void> {
  for (const table of ['sessions', 'session_participants', 'match_requests'])
    await knex.raw('alter table ?? set (fillfactor = 70)', [table]);
}

/** Migrations go forward only. */
export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
