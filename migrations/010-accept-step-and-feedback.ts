import type { Knex } from 'knex';

/** The accept step's deadline, the end of a call and the word before it, and what people thought of it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table sessions
      add column ends_at timestamptz,
      add column warned_at timestamptz`);
  // Only sessions of an accept step that waits stand in it: without one it stays empty.
  await knex.raw(`
    create index sessions_accepting on sessions (accept_by)
      where state = 'matched' and accept_by is not null`);
  await knex.raw(`
    create index sessions_ending on sessions (ends_at)
      where state = 'active' and ends_at is not null`);
  await knex.raw(`
    create table session_feedback (
      session_id uuid not null references sessions (id) on delete cascade,
      user_id uuid not null references users (id),
      rating smallint not null check (rating between 1 and 5),
      note text,
      created_at timestamptz not null default now(),
      primary key (session_id, user_id)
    )`);
  await knex.raw('create index session_feedback_user on session_feedback (user_id)');
}

/** Migrations go forward only. */
export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
