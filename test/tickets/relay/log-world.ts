import type { Knex } from 'knex';
import { createQueue as route } from '../../../contract/tickets.ts';
import { streamOf } from '../../../db/tickets/log/stream.ts';
import { createQueue } from '../../../db/tickets/queues/create-queue.ts';
import { hotTransaction } from '../../../db/write/hot-transaction.ts';
import { runIn } from '../../../db/write/run-in.ts';
import type { TestServices } from '../../support/services.ts';

let slugs = 0;

/** A queue with a stream, unless the settings say otherwise. */
export async function addQueue(db: Knex, settings: object = { stream: true }): Promise<string> {
  slugs += 1;
  if (!route.body) throw new Error('no body');
  const body = route.body.parse({ slug: `logged-${slugs}`, name: 'Logged', ...settings });
  const { outcomes } = await hotTransaction(db, (trx) => runIn(trx, createQueue, [body], 'wait'));
  const [outcome] = outcomes;
  if (!outcome || outcome === 'locked' || !('ok' in outcome))
    throw new Error('no queue', { cause: outcome });
  return outcome.ok.id;
}

/** Append that many entries to the log of a queue. */
export async function log(db: Knex, queueId: string, count: number): Promise<void> {
  await db.raw(
    `with q as (
       update queues set event_seq = event_seq + :count where id = :queueId
       returning id, event_seq)
     insert into ticket_events (queue_id, seq, ticket_id, type, at, version, ticket, facts)
     select q.id, q.event_seq - :count + n, n, 'created', clock_timestamp(), 1,
            json_build_object('n', q.event_seq - :count + n), '{}'
       from q, generate_series(1, :count::int) as n`,
    { queueId, count },
  );
}

/** The seqs in the stream of a queue, in its order. */
export async function seqsOf({ redis }: TestServices, queueId: string): Promise<number[]> {
  const entries = await redis.xrange(streamOf(queueId), '-', '+');
  return entries.map(([id]) => Number(id.split('-')[0]));
}

export const upTo = (last: number, first = 1): number[] =>
  Array.from({ length: last - first + 1 }, (_, n) => first + n);

/** The position of a log, and whether somebody has its lease. */
export async function positionOf({ db }: TestServices, queueId: string) {
  const row = await db('log_positions')
    .where({ log: `tickets:${queueId}` })
    .first();
  return row && { seq: Number(row.seq), groups: row.groups, isLeased: row.owner !== null };
}

/** The lease of a process that is gone runs out. */
export const expireLease = ({ db }: TestServices, queueId: string) =>
  db('log_positions')
    .where({ log: `tickets:${queueId}` })
    .update({ lease_until: db.raw("clock_timestamp() - interval '1 second'") });
