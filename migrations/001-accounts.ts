import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw('create extension if not exists citext');
  await knex.raw(`
    create table users (
      id uuid primary key,
      username citext unique,
      display_name text not null,
      role text not null default 'guest' check (role in ('guest', 'user', 'staff', 'admin')),
      password_hash text,
      settings jsonb not null default '{}',
      created_at timestamptz not null default now(),
      deleted_at timestamptz,
      version integer not null default 1
    )`);
  await knex.raw(`
    create table refresh_tokens (
      id uuid primary key,
      user_id uuid not null references users (id) on delete cascade,
      family_id uuid not null,
      token_hash bytea not null unique,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      used_at timestamptz,
      revoked_at timestamptz
    )`);
  await knex.raw('create index refresh_tokens_user_id on refresh_tokens (user_id)');
  await knex.raw('create index refresh_tokens_family_id on refresh_tokens (family_id)');
  await knex.raw('create index refresh_tokens_expires_at on refresh_tokens (expires_at)');
  await knex.raw(`
    create table blocks (
      user_id uuid not null references users (id) on delete cascade,
      blocked_id uuid not null references users (id) on delete cascade,
      created_at timestamptz not null default now(),
      primary key (user_id, blocked_id),
      check (user_id <> blocked_id)
    )`);
  await knex.raw('create index blocks_blocked_id on blocks (blocked_id)');
  await knex.raw(`
    create table audit_log (
      id bigint generated always as identity primary key,
      actor_id uuid references users (id) on delete set null,
      action text not null,
      target text,
      data jsonb not null default '{}',
      at timestamptz not null default now()
    )`);
  await knex.raw('create index audit_log_actor_id on audit_log (actor_id, at)');
}

/** Migrations go forward only. */
export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
