import type { Knex } from 'knex';

/** What the operator pages count: the last hour of sessions, requests and sign-ups. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('create index sessions_created_at on sessions (created_at)');
  await knex.raw(
    'create index sessions_ended_at on sessions (ended_at) where ended_at is not null',
  );
  await knex.raw('create index match_requests_joined_at on match_requests (joined_at)');
  await knex.raw('create index users_created_at on users (created_at)');
}

/** Migrations go forward only. */
export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
