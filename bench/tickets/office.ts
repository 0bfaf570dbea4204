import { type Db, rowsOf } from '../../db/knex.ts';
import { newId } from '../../ids.ts';
import { expectCount } from '../measure/expect-count.ts';

/** One queue with people who wait, and open counters that serve it. Ids are the same in every office. */
export interface Office {
  queueId: string;
  counterIds: string[];
  staffId: string;
}

const QUEUE_ID = '1';

/** An office instead of the one before it. The first ticket is the one with the lowest id. */
export async function openOffice(
  db: Db,
  { waiting, counters }: { waiting: number; counters: number },
): Promise<Office> {
  await db.raw(
    'truncate queues, counters, counter_queues, counter_states, tickets, ticket_events, ticket_notes restart identity',
  );
  const staffId = newId();
  await db('users').insert({ id: staffId, display_name: 'Staff', role: 'staff' });
  await db.raw(
    `insert into queues (slug, name, prefix, state, mode, public_join, max_waiting,
       priority_boost_seconds, lease_seconds, no_show_max_calls, early_minutes, timezone, auto_capacity,
       target_wait_seconds, at_close, close_grace_seconds, away_max_seconds, require_arrival, stream,
       created_at, updated_at, waiting, number_day, number_last)
     values ('hall', 'Hall', 'A', 'open', 'counter', true, 200000, 600, 60, 3, 10, 'UTC', 1, 86400,
             'keep', 1800, 0, false, false, now(), now(), :waiting,
             (clock_timestamp() at time zone 'UTC')::date, :waiting)`,
    { waiting },
  );
  await db.raw(
    `with c as (
       insert into counters (name, state, state_since, lease_until, created_at)
       select 'Desk ' || n, 'open', now(), now() + interval '60 seconds', now()
         from generate_series(1, :counters::int) as n returning id)
     insert into counter_queues (counter_id, queue_id) select c.id, ${QUEUE_ID} from c`,
    { counters },
  );
  await db.raw(
    `insert into tickets (id, queue_id, prefix, number, state, effective_at, callable_at,
       promised_p50, promised_p90, created_at, updated_at)
     select n, ${QUEUE_ID}, 'A', n, 'waiting', at, at, 300, 600, at, at
       from generate_series(1, :waiting::int) as n,
            lateral (select now() - interval '1 hour' + n * interval '10 milliseconds' as at) as x`,
    { waiting },
  );
  await db.raw(`select setval(pg_get_serial_sequence('tickets', 'id'), :next)`, {
    next: waiting + 1,
  });
  await db.raw('vacuum analyze queues, counters, tickets, ticket_events');
  await db.raw('checkpoint');
  const counterIds = Array.from({ length: counters }, (_, at) => String(at + 1));
  return { queueId: QUEUE_ID, counterIds, staffId };
}

/**
 * What every run must leave behind, whatever its speed.
 * @param served the tickets that were called and completed, one an entry
 */
export async function checkServed(
  db: Db,
  served: readonly string[],
  { waiting }: { waiting: number },
): Promise<void> {
  expectCount(new Set(served).size, served.length, 'tickets that were called once');
  const [row] = await rowsOf<Record<string, number>>(
    db.raw(
      `select (select count(*)::int from tickets where state = 'done') as done,
              (select waiting from queues where id = ${QUEUE_ID}) as waiting,
              (select event_seq::int from queues where id = ${QUEUE_ID}) as head,
              (select count(*)::int from ticket_events) as events,
              (select count(distinct seq)::int from ticket_events where seq between 1 and
                (select event_seq from queues where id = ${QUEUE_ID})) as seqs,
              (select count(*)::int from (
                 select e.ticket_id <= lag(e.ticket_id) over (order by e.seq) as back
                   from ticket_events e where e.type = 'called') as c where c.back) as disorder`,
    ),
  );
  const expected = { done: served.length, waiting: waiting - served.length };
  for (const [name, wanted] of Object.entries(expected))
    expectCount(row?.[name] ?? -1, wanted, `tickets that are ${name}`);
  expectCount(row?.['events'] ?? -1, 3 * served.length, 'events of three a cycle');
  expectCount(row?.['head'] ?? -1, 3 * served.length, 'the head of the log');
  expectCount(row?.['seqs'] ?? -1, 3 * served.length, 'seqs without a gap');
  expectCount(row?.['disorder'] ?? -1, 0, 'calls out of order');
}
