import type { Knex } from 'knex';

/**
 * Webhooks out. Events and deliveries are dropped by the day, and nothing refers to them by a foreign key: a
 * deleted subscription is a state, because a DELETE would wait for transactions that write events.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table webhook_subscriptions (
      id uuid primary key,
      url text not null,
      host text not null,
      events text[] not null,
      secret text not null,
      old_secret text,
      old_secret_until timestamptz,
      state text not null check (state in ('active', 'disabled', 'deleted')),
      disabled_reason text,
      active_since timestamptz not null,
      failing_since timestamptz,
      version integer not null default 1,
      created_at timestamptz not null,
      updated_at timestamptz not null
    )`);
  await knex.raw(
    "create index webhook_subscriptions_deleted on webhook_subscriptions (updated_at) where state = 'deleted'",
  );
  // One row: the event types that some active subscription wants. Every transaction that may record an
  // event reads it, so it is never locked by a reader.
  await knex.raw(`
    create table webhook_wanted (
      one_row boolean primary key default true check (one_row),
      types text[] not null
    )`);
  await knex.raw("insert into webhook_wanted (types) values ('{}')");

  // Identity columns of partitioned tables need PostgreSQL 17.
  await knex.raw('create sequence webhook_event_seq');
  await knex.raw(`
    create table webhook_events (
      seq bigint not null default nextval('webhook_event_seq'),
      id uuid not null,
      type text not null,
      subject text not null,
      data text not null,
      created_at timestamptz not null default now(),
      fanned_out_at timestamptz,
      primary key (seq, created_at)
    ) partition by range (created_at)`);
  await knex.raw(
    'create index webhook_events_waiting on webhook_events (seq) where fanned_out_at is null',
  );
  await knex.raw('create table webhook_events_default partition of webhook_events default');

  await knex.raw(`
    create table webhook_deliveries (
      id uuid not null,
      subscription_id uuid not null,
      event_seq bigint not null,
      event_id uuid not null,
      type text not null,
      subject text not null,
      state text not null check (state in ('pending', 'delivered', 'dead')),
      attempts integer not null default 0,
      next_attempt_at timestamptz,
      lease uuid,
      lease_until timestamptz,
      resent_from text check (resent_from in ('delivered', 'dead')),
      last_status integer,
      last_error text,
      created_at timestamptz not null,
      delivered_at timestamptz,
      primary key (subscription_id, event_seq, created_at),
      check ((state = 'pending') = (next_attempt_at is not null))
    ) partition by range (created_at)`);
  await knex.raw('create index webhook_deliveries_id on webhook_deliveries (id)');
  await knex.raw(`
    create index webhook_deliveries_due on webhook_deliveries (subscription_id, next_attempt_at)
      where state = 'pending'`);
  await knex.raw(`
    create index webhook_deliveries_subject
        on webhook_deliveries (subscription_id, subject, event_seq) where state = 'pending'`);
  // Requests in flight, and those of a process that died.
  await knex.raw(`
    create index webhook_deliveries_leased on webhook_deliveries (subscription_id, lease_until)
      where lease is not null`);
  await knex.raw('create table webhook_deliveries_default partition of webhook_deliveries default');
  // The first days; the retention job makes those that follow.
  await knex.raw(`
    do $$ declare day date; parent text; begin
      for n in 0..3 loop
        day := (now() at time zone 'UTC')::date + n;
        foreach parent in array array['webhook_events', 'webhook_deliveries'] loop
          execute format(
            'create table %I partition of %I for values from (%L) to (%L)',
            parent || '_' || to_char(day, 'YYYYMMDD'), parent,
            to_char(day, 'YYYY-MM-DD') || ' 00:00+00',
            to_char(day + 1, 'YYYY-MM-DD') || ' 00:00+00');
        end loop;
      end loop;
    end $$`);
}

/** Migrations go forward only. */
export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
