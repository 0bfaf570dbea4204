import type { Knex } from 'knex';

/** Lets a sweep look at those who came to wait just now, however many wait. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create index match_requests_recent on match_requests (changed_at) where state = 'waiting'`);
}

/** Migrations go forward only. */
export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
