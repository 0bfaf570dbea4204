import { type Db, rowsOf } from '../../knex.ts';

/** Queues whose log has entries that are not in their stream. */
export const logsBehind = async (db: Db): Promise<string[]> =>
  (
    await rowsOf<{ id: string }>(
      db.raw(
        `select q.id::text as id from queues q
           left join log_positions p on p.log = 'tickets:' || q.id
          where (q.mode = 'auto' or q.stream) and q.event_seq > coalesce(p.seq, 0)
            and (p.lease_until is null or p.lease_until < clock_timestamp())`,
      ),
    )
  ).map(({ id }) => id);
