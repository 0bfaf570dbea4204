import { openDb } from '../../db/knex.ts';
import { hotTransaction } from '../../db/write/hot-transaction.ts';
import { defineStatement, type Statement } from '../../db/write/statement.ts';
import type { Office } from './office.ts';

const lockQueue = defineStatement('select id from queues where id = $1::bigint for no key update');

const TICKET = `json_build_object('id', t.id::text, 'queueId', t.queue_id::text, 'code', t.prefix || t.number,
  'state', t.state, 'counterId', t.counter_id::text, 'version', t.version, 'createdAt', t.created_at,
  'updatedAt', t.updated_at, 'calledAt', t.called_at, 'startedAt', t.started_at,
  'finishedAt', t.finished_at)::text`;

/** The first waiting ticket to this counter, and its two events. */
const callNext = defineStatement<{ id: string }>(
  `with q as (
     update queues set event_seq = event_seq + 2, waiting = waiting - 1 where id = $1::bigint
     returning event_seq),
   t as (
     update tickets set state = 'processing', counter_id = $2::bigint, calls = 1, version = version + 2,
            called_at = clock_timestamp(), started_at = clock_timestamp(), updated_at = clock_timestamp()
      where id = (select w.id from tickets w
                   where w.queue_id = $1::bigint and w.state = 'waiting'
                     and w.callable_at <= clock_timestamp()
                   order by w.effective_at, w.id limit 1 for update skip locked)
     returning *),
   e as (
     insert into ticket_events (queue_id, seq, ticket_id, type, at, version, counter_id, actor_id, ticket, facts)
     select t.queue_id, q.event_seq - x.back, t.id, x.type, clock_timestamp(), t.version - x.back,
            t.counter_id, $3::uuid, ${TICKET}, '{}'
       from t, q, (values (1, 'called'), (0, 'started')) as x (back, type))
   select t.id::text as id from t`,
);
const complete = defineStatement(
  `with q as (
     update queues set event_seq = event_seq + 1 where id = $1::bigint returning event_seq),
   t as (
     update tickets set state = 'done', version = version + 1, finished_at = clock_timestamp(),
            updated_at = clock_timestamp()
      where id = $2::bigint and state = 'processing' returning *)
   insert into ticket_events (queue_id, seq, ticket_id, type, at, version, counter_id, actor_id, ticket, facts)
   select t.queue_id, q.event_seq, t.id, 'completed', clock_timestamp(), t.version, t.counter_id,
          $3::uuid, ${TICKET}, '{}'
     from t, q`,
);

/**
 * The plain way: each change is a transaction of its own on a connection of its counter, which locks the queue,
 * takes the first ticket with SKIP LOCKED and writes its events. Returns the tickets that were served.
 */
export async function oneByOne(
  databaseUrl: string,
  { queueId, counterIds, staffId }: Office,
  most: number,
): Promise<string[]> {
  const db = openDb(
    { DATABASE_URL: databaseUrl, DB_POOL_MIN: 0, DB_POOL_MAX: counterIds.length },
    { byKey: true },
  );
  const served: string[] = [];
  let begun = 0;
  const change = async (statement: Statement, values: readonly unknown[]) =>
    hotTransaction(
      db,
      async (trx) => {
        await trx.read(lockQueue, [queueId]);
        const [rows] = await trx.commitWith([{ statement, values: [queueId, ...values] }]);
        return rows as { id: string }[];
      },
      { lockTimeoutMs: LOCK_MS },
    );
  const atCounter = async (counterId: string) => {
    while (begun < most) {
      begun += 1;
      const [called] = await change(callNext, [counterId, staffId]);
      if (!called) return;
      await change(complete, [called.id, staffId]);
      served.push(called.id);
    }
  };
  await Promise.all(counterIds.map(atCounter));
  await db.destroy();
  return served;
}
const LOCK_MS = 30_000;
