import type { Db } from '../../db/knex.ts';
import { newId } from '../../ids.ts';

export interface SeededSubscription {
  url: string;
  state?: 'active' | 'disabled' | 'deleted';
  disabledReason?: string;
}

/** @returns the id */
export async function seedSubscription(
  db: Db,
  { url, state = 'active', disabledReason }: SeededSubscription,
): Promise<string> {
  const id = newId();
  await db('webhook_subscriptions').insert({
    ...{ id, url, host: new URL(url).hostname, events: ['session.created', 'session.completed'] },
    ...{ secret: 'v1.sealed-secret', old_secret: 'v1.sealed-old-secret', state },
    disabled_reason: disabledReason ?? null,
    ...{ active_since: db.fn.now(), created_at: db.fn.now(), updated_at: db.fn.now() },
  });
  return id;
}

export interface SeededDelivery {
  state: 'pending' | 'delivered' | 'dead';
  ageSeconds: number;
  attempts?: number;
  status?: number;
  error?: string;
}

/** The events of one subject, oldest first. */
export async function seedDeliveries(
  db: Db,
  subscriptionId: string,
  deliveries: readonly SeededDelivery[],
): Promise<void> {
  for (const { state, ageSeconds, attempts = 1, status, error } of deliveries)
    await db.raw(
      `insert into webhook_deliveries
         (id, subscription_id, event_seq, event_id, type, subject, state, attempts, next_attempt_at,
          last_status, last_error, created_at)
       values (?, ?, nextval('webhook_event_seq'), ?, 'session.created', 'session:a', ?, ?,
               case when ? = 'pending' then now() + interval '5 minutes' end, ?, ?,
               now() - make_interval(secs => ?))`,
      [
        ...[newId(), subscriptionId, newId(), state, attempts, state],
        ...[status ?? null, error ?? null, ageSeconds],
      ],
    );
}

/** Many pending deliveries, which no attempt has been made for. */
export const seedBacklog = (db: Db, subscriptionId: string, count: number) =>
  db.raw(
    `insert into webhook_deliveries
       (id, subscription_id, event_seq, event_id, type, subject, state, next_attempt_at, created_at)
     select gen_random_uuid(), ?, nextval('webhook_event_seq'), gen_random_uuid(), 'session.created',
            'session:' || n, 'pending', now(), now() from generate_series(1, ?) n`,
    [subscriptionId, count],
  );

/** Events that nobody has fanned out. */
export const seedWaitingEvents = (db: Db, count: number, ageSeconds: number) =>
  db.raw(
    `insert into webhook_events (id, type, subject, data, created_at)
     select gen_random_uuid(), 'session.created', 'session:a', '{}', now() - make_interval(secs => ?)
       from generate_series(1, ?)`,
    [ageSeconds, count],
  );
