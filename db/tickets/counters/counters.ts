import { FoyerError } from '../../../contract/errors.ts';
import type { CounterChange } from '../../../contract/tickets.ts';
import { type Db, prepared, rowsOf, type Trx } from '../../knex.ts';
import { COUNTER_COLUMNS, COUNTER_TICKET, type CounterRow } from './counter-row.ts';

const SELECT = `select ${COUNTER_COLUMNS}, ${COUNTER_TICKET} from counters c`;

/** @throws {FoyerError} counter.not_found */
export async function findCounter(db: Db, id: string): Promise<CounterRow> {
  const [row] = await rowsOf<CounterRow>(prepared(db, `${SELECT} where c.id = ?::bigint`, [id]));
  if (!row) throw new FoyerError('counter.not_found');
  return row;
}

/** A page of counters, oldest first. */
export const listCounters = (
  db: Db,
  { after = '0', limit }: { after?: string | undefined; limit: number },
): Promise<CounterRow[]> =>
  rowsOf<CounterRow>(
    prepared(db, `${SELECT} where c.id > ?::bigint order by c.id limit ?::int`, [after, limit]),
  );

/**
 * Renew the leases of those of these counters that are open. A counter that another transaction has locked is not
 * renewed now. Returns the ids of all that are open.
 */
export const renewLeases = async (db: Db, ids: readonly string[]): Promise<string[]> =>
  (
    await rowsOf<{ id: string }>(
      prepared(
        db,
        `with held as (
           select c.id from counters c
            where c.id = any(?::bigint[]) and c.state = 'open' order by c.id
              for no key update skip locked),
         renewed as (
           update counters c
              set lease_until = clock_timestamp() + make_interval(secs => c.lease_seconds)
             from held h where c.id = h.id)
         select c.id::text as id from counters c where c.id = any(?::bigint[]) and c.state = 'open'`,
        [ids, ids],
      ),
    )
  ).map(({ id }) => id);

/**
 * Change a counter. Opening it grants a lease; its queues and its state take effect at once.
 * @throws {FoyerError} counter.not_found · counter.stale_version · request.invalid for an unknown queue
 */
export async function changeCounter(
  db: Db,
  id: string,
  { version, queueIds, ...change }: CounterChange,
): Promise<CounterRow> {
  return db.transaction(async (trx) => {
    const [row] = await rowsOf<{ version: number; state: string }>(
      trx.raw('select version, state from counters where id = ?::bigint for no key update', [id]),
    );
    if (!row) throw new FoyerError('counter.not_found');
    if (row.version !== version) throw new FoyerError('counter.stale_version');
    if (queueIds) await serveQueues(trx, id, queueIds);
    const state = change.state ?? row.state;
    await trx.raw(
      `update counters c
          set name = coalesce(:name, c.name), version = c.version + 1, state = :state,
              is_lost = c.is_lost and :state = 'paused' and not :hasReason,
              pause_reason = case when :state <> 'paused' then null
                                  when :hasReason then :reason else c.pause_reason end,
              state_since = case when c.state = :state then c.state_since else clock_timestamp() end,
              lease_until = case when :state <> 'open' then null
                                 else clock_timestamp() + make_interval(secs => c.lease_seconds) end
        where c.id = :id::bigint`,
      {
        ...{ id, state, name: change.name ?? null, reason: change.pauseReason ?? null },
        hasReason: change.pauseReason !== undefined,
      },
    );
    if (state !== row.state) await noteState(trx, id);
    return findCounter(trx, id);
  });
}

/** What a counter knows of its queues: their ids, and the shortest of their leases. */
export const SERVED_QUEUES = `
  queue_ids = array(select cq.queue_id from counter_queues cq where cq.counter_id = c.id order by 1),
  lease_seconds = (select coalesce(min(q.lease_seconds), 60) from counter_queues cq
                     join queues q on q.id = cq.queue_id where cq.counter_id = c.id)`;

/** @throws {FoyerError} request.invalid: a queue does not exist */
async function serveQueues(trx: Trx, id: string, queueIds: readonly string[]): Promise<void> {
  await refuseUnknownQueues(trx, queueIds);
  await trx.raw('delete from counter_queues where counter_id = ?::bigint', [id]);
  await trx.raw(
    `insert into counter_queues (counter_id, queue_id)
     select ?::bigint, x from (select distinct x from unnest(?::bigint[]) as x) as q`,
    [id, queueIds as string[]],
  );
  await trx.raw(`update counters c set ${SERVED_QUEUES} where c.id = ?::bigint`, [id]);
}

/** @throws {FoyerError} request.invalid, with the place of the first unknown one */
export async function refuseUnknownQueues(db: Db, queueIds: readonly string[]): Promise<void> {
  const rows = await rowsOf<{ id: string }>(
    db.raw('select id::text as id from queues where id = any(?::bigint[])', [queueIds as string[]]),
  );
  const known = new Set(rows.map(({ id }) => id));
  const at = queueIds.findIndex((id) => !known.has(id));
  if (at >= 0)
    throw new FoyerError('request.invalid', {
      errors: [{ path: `queueIds.${at}`, message: 'is not a queue' }],
    });
}

/** A change of state stands in the record of the counter, for the analytics. */
const noteState = (trx: Trx, id: string) =>
  trx.raw(
    `insert into counter_states (counter_id, at, state, pause_reason)
     select c.id, c.state_since, c.state, c.pause_reason from counters c where c.id = ?::bigint
     on conflict (counter_id, at) do update
        set state = excluded.state, pause_reason = excluded.pause_reason`,
    [id],
  );
