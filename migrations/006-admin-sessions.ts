import type { Knex } from 'knex';

/**
 * Sign-ins to the operator pages. `user_id` is null for the operator of ADMIN_PASSWORD, who has no
 * account; `version` is that of the person's row, or a mark of that password: another one ends it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table admin_sessions (
      id uuid primary key,
      token_hash bytea not null unique,
      user_id uuid references users (id) on delete cascade,
      version bigint not null,
      created_at timestamptz not null default now(),
      seen_at timestamptz not null default now()
    )`);
  await knex.raw('create index admin_sessions_user_id on admin_sessions (user_id)');
  await knex.raw('create index admin_sessions_created_at on admin_sessions (created_at)');
}

/** Migrations go forward only. */
export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
