import type { Knex } from 'knex';

/**
 * Answers by day, so that old ones go with their partition. A partition's key contains the day, so it
 * cannot make (scope, key) unique: the writer does, under an advisory lock of the key. The table
 * `idempotency_keys` is read for a day more and dropped in a later release.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table idempotency_answers (
      scope text not null,
      key text not null,
      request_hash bytea not null,
      status integer not null,
      body text,
      created_at timestamptz not null default now(),
      primary key (scope, key, created_at)
    ) partition by range (created_at)`);
  // An insert never fails for want of a day's partition.
  await knex.raw(
    'create table idempotency_answers_default partition of idempotency_answers default',
  );
  // The first days; the purge makes those that follow.
  await knex.raw(`
    do $$ declare day date; begin
      for n in 0..3 loop
        day := (now() at time zone 'UTC')::date + n;
        execute format(
          'create table %I partition of idempotency_answers for values from (%L) to (%L)',
          'idempotency_answers_' || to_char(day, 'YYYYMMDD'),
          to_char(day, 'YYYY-MM-DD') || ' 00:00+00',
          to_char(day + 1, 'YYYY-MM-DD') || ' 00:00+00');
      end loop;
    end $$`);
}

/** Migrations go forward only. */
export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
