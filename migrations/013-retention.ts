import type { Knex } from 'knex';

/** Indexes that deleting what is past its time reads. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('create index audit_log_at on audit_log using brin (at)');
  await knex.raw("create index reports_closed on reports (closed_at) where state = 'closed'");
  await knex.raw("create index users_guests on users (created_at) where role = 'guest'");
}

/** Migrations go forward only. */
export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
