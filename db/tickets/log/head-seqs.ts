import { type Db, prepared, rowsOf } from '../../knex.ts';

/** The head of the log of the queue of each of these waiting tickets, by ticket. */
export const headSeqsOf = async (
  db: Db,
  ticketIds: readonly string[],
): Promise<Map<string, number>> =>
  new Map(
    (
      await rowsOf<{ id: string; seq: number }>(
        prepared(
          db,
          `select t.id::text as id, q.event_seq::float8 as seq
             from tickets t join queues q on q.id = t.queue_id
            where t.id = any(?::bigint[]) and t.state = 'waiting'`,
          [ticketIds],
        ),
      )
    ).map(({ id, seq }) => [id, seq]),
  );
