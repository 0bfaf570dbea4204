import { type Db, rowsOf } from '../../knex.ts';
import { LIVE_STATES } from '../tickets/ticket-row.ts';

interface Id {
  id: string;
}

/**
 * Remove a person from all tickets, and what was written down about them, for the removal of an account. Live
 * tickets stay in their places, without an owner. In the caller's transaction if `db` is one; it locks tickets.
 */
export const forgetPerson = (db: Db, userId: string): Promise<void> =>
  db.transaction(async (trx) => {
    // Before the history: a ticket that is archived meanwhile is found there.
    const tickets = await rowsOf<Id>(
      trx.raw(
        `with mine as (
           select t.id from tickets t where t.user_id = :userId::uuid and t.state in ${LIVE_STATES}
            union all
           select t.id from tickets t
            where t.user_id = :userId::uuid and t.state in ('done', 'no_show', 'cancelled')),
         locked as (
           select t.id from tickets t where t.id in (select m.id from mine m)
            order by t.id for no key update)
         update tickets t set customer_name = null, user_id = null
           from locked l where t.id = l.id returning t.id::text as id`,
        { userId },
      ),
    );
    const archived = await rowsOf<Id>(
      trx.raw(
        `update ticket_history h set customer_name = null, user_id = null
          where h.user_id = ?::uuid returning h.id::text as id`,
        [userId],
      ),
    );
    const ids = [...tickets, ...archived].map(({ id }) => id);
    await trx.raw('delete from ticket_notes n where n.ticket_id = any(?::bigint[])', [ids]);
  });

/** Rows of one statement, and statements of one run. */
const BATCH = 1_000;
const MAX_BATCHES = 100;

export interface PersonalEnd {
  blanked: number;
  notes: number;
}

/** Remove names and user ids from the history, and notes, when they are `days` old. */
export async function endPersonalData(
  db: Db,
  days: number,
  { batch = BATCH, batches = MAX_BATCHES } = {},
): Promise<PersonalEnd> {
  const each = async (sql: string): Promise<number> => {
    let total = 0;
    for (let n = 0; n < batches; n += 1) {
      const rows = await rowsOf(db.raw(sql, { days, batch }));
      total += rows.length;
      if (rows.length < batch) break;
    }
    return total;
  };
  return {
    blanked: await each(
      `update ticket_history h set customer_name = null, user_id = null
        where h.id = any(array(
          select o.id from ticket_history o
           where o.finished_at < clock_timestamp() - make_interval(days => :days::int)
             and (o.customer_name is not null or o.user_id is not null)
           order by o.finished_at limit :batch for no key update skip locked))
       returning h.id`,
    ),
    notes: await each(
      `with old as (
         select o.ticket_id, o.version from ticket_notes o
          where o.created_at < clock_timestamp() - make_interval(days => :days::int)
          order by o.created_at limit :batch for update skip locked)
       delete from ticket_notes n using old
        where n.ticket_id = old.ticket_id and n.version = old.version
       returning n.version`,
    ),
  };
}
