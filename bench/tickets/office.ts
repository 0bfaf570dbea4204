import * as contract from '../../contract/tickets.ts';
import { type Db, rowsOf } from '../../db/knex.ts';
import { createCounter } from '../../db/tickets/counters/create-counter.ts';
import { createQueue } from '../../db/tickets/queues/create-queue.ts';
import type { BatchCommand } from '../../db/write/command.ts';
import { runCommand } from '../../db/write/run-command.ts';
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
  const queue = parse(contract.createQueue.body, { slug: 'hall', name: 'Hall', prefix: 'A' });
  await create(db, createQueue, { ...queue, maxWaiting: 200_000, targetWaitSeconds: 86_400 });
  await db.raw(
    `update queues set waiting = :waiting, number_last = :waiting,
            number_day = (clock_timestamp() at time zone 'UTC')::date`,
    { waiting },
  );
  for (let desk = 1; desk <= counters; desk += 1) {
    const counter = { name: `Desk ${desk}`, queueIds: [QUEUE_ID], state: 'open' } as const;
    await create(db, createCounter, parse(contract.createCounter.body, counter));
  }
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

const parse = <Output>(schema: { parse(value: unknown): Output } | undefined, value: unknown) => {
  if (!schema) throw new Error('the route has no body');
  return schema.parse(value);
};
const create = <Input, Facts, Result>(
  db: Db,
  command: BatchCommand<Input, Facts, Result, void>,
  input: Input,
) =>
  runCommand(input, {
    ...{ db, command, requestId: 'bench', applyEffects: async () => {} },
    render: () => ({ status: 201, text: null }),
  });

/**
 * What every run must leave behind, whatever its speed.
 * @param served the tickets that were called and completed, one an entry
 */
export async function checkServed(
  db: Db,
  served: readonly string[],
  { waiting }: { waiting: number },
): Promise<void> {
  if (served.length === 0) throw new Error('nobody was served');
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
