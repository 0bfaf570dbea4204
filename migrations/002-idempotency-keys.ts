import type { Knex } from 'knex';

/** `status` stays null until the effect is written, in the same transaction: nobody else ever sees it null. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table idempotency_keys (
      scope text not null,
      key text not null,
      request_hash bytea not null,
      status integer,
      body jsonb,
      created_at timestamptz not null default now(),
      primary key (scope, key)
    )`);
  await knex.raw('create index idempotency_keys_created_at on idempotency_keys (created_at)');
}

/** Migrations go forward only. */
export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
