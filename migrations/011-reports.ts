import type { Knex } from 'knex';

/** What people tell staff about each other. Kept when the session is gone. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table reports (
      id uuid primary key,
      reporter_id uuid not null references users (id),
      user_id uuid not null references users (id),
      session_id uuid references sessions (id) on delete set null,
      reason text not null,
      note text,
      state text not null default 'open' check (state in ('open', 'closed')),
      created_at timestamptz not null default now(),
      closed_at timestamptz,
      closed_by uuid references users (id),
      check ((state = 'closed') = (closed_at is not null))
    )`);
  await knex.raw('create index reports_reporter on reports (reporter_id)');
  await knex.raw('create index reports_user on reports (user_id)');
  await knex.raw('create index reports_session on reports (session_id)');
  await knex.raw('create index reports_closed_by on reports (closed_by)');
  await knex.raw('create index reports_open on reports (state, id)');
}

/** Migrations go forward only. */
export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
