import type { Knex } from 'knex';

/**
 * A key is checked row by row, and a match writes a dozen of them. So there are none on columns that
 * one statement fills from rows it has just locked or written: a session's language, the session of
 * an event and of a request. Who takes part in what is checked by the database itself.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table sessions (
      id uuid primary key,
      pool text not null,
      state text not null
        check (state in ('matched', 'connecting', 'active', 'completed', 'failed')),
      language text not null,
      practice_user_id uuid not null,
      native_user_id uuid not null,
      created_at timestamptz not null,
      accept_by timestamptz,
      connect_by timestamptz,
      active_at timestamptz,
      ended_at timestamptz,
      end_reason text,
      version integer not null default 1,
      check (practice_user_id <> native_user_id),
      check ((state in ('completed', 'failed')) = (ended_at is not null))
    )`);
  await knex.raw(`
    create index sessions_connecting on sessions (connect_by)
      where state in ('matched', 'connecting')`);
  await knex.raw("create index sessions_active on sessions (active_at) where state = 'active'");
  // Who failed with whom, for the hour in which they are kept apart.
  await knex.raw(`
    create index sessions_failed_pairs on sessions (practice_user_id, native_user_id, ended_at)
      where state = 'failed'`);
  await knex.raw(`
    create index sessions_failed_pairs_mirror on sessions (native_user_id, practice_user_id, ended_at)
      where state = 'failed'`);

  await knex.raw(`
    create table session_participants (
      session_id uuid not null references sessions (id) on delete cascade,
      user_id uuid not null references users (id),
      role text not null check (role in ('practice', 'native')),
      polite boolean not null,
      accepted_at timestamptz,
      connected_at timestamptz,
      left_at timestamptz,
      live boolean not null default true,
      primary key (session_id, user_id)
    )`);
  await knex.raw(
    'create index session_participants_user on session_participants (user_id, session_id)',
  );
  // The database itself refuses a second live session of a person.
  await knex.raw(
    'create unique index one_live_session on session_participants (user_id) where live',
  );

  await knex.raw(`
    create table session_events (
      session_id uuid not null,
      seq integer not null,
      type text not null,
      actor_id uuid,
      data jsonb not null default '{}',
      at timestamptz not null default now(),
      primary key (session_id, seq)
    )`);

  await knex.raw(`
    create table match_requests (
      id uuid primary key,
      pool text not null,
      user_id uuid not null references users (id),
      native text[] not null,
      practice text[] not null,
      level smallint,
      topics text[] not null default '{}',
      state text not null check (state in ('waiting', 'held', 'matched', 'cancelled', 'expired')),
      reason text,
      joined_at timestamptz not null,
      expires_at timestamptz not null,
      changed_at timestamptz not null default now(),
      requeues smallint not null default 0,
      session_id uuid,
      version integer not null default 1
    )`);
  await knex.raw(`
    create unique index one_live_request on match_requests (user_id)
      where state in ('waiting', 'held')`);
  await knex.raw('create index match_requests_user on match_requests (user_id, joined_at)');
  await knex.raw('create index match_requests_session on match_requests (session_id)');
  await knex.raw(
    "create index match_requests_waiting on match_requests (pool, id) where state = 'waiting'",
  );
  await knex.raw(
    "create index match_requests_expiry on match_requests (expires_at) where state = 'waiting'",
  );
}

/** Migrations go forward only. */
export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
