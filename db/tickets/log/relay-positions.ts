import { type Db, prepared, rowsOf } from '../../knex.ts';
import type { Groups } from './stream.ts';

/** How far a log has been relayed to its stream. */
export interface RelayPosition {
  /** The last seq that is known to be in the stream. */
  seq: number;
  groups: Groups;
}

/**
 * The right to relay one log, renewed with each batch, which takes milliseconds. After a crash the stream stands
 * still for as long. A pass that is frozen for longer loses it, and then moves no position.
 */
const LEASE_SECONDS = 5;
const logOf = (queueId: string) => `tickets:${queueId}`;

/**
 * Lease the position of a log for `owner`. Undefined while somebody else has it, and for a queue without a
 * stream.
 */
export async function leasePosition(
  db: Db,
  queueId: string,
  owner: string,
): Promise<RelayPosition | undefined> {
  const [position] = await rowsOf<RelayPosition>(
    prepared(
      db,
      `insert into log_positions as p (log, owner, lease_until)
       select :log, :owner::uuid, clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
         from queues q where q.id = :queueId::bigint and (q.mode = 'auto' or q.stream)
       on conflict (log) do update set owner = excluded.owner, lease_until = excluded.lease_until
        where p.lease_until is null or p.lease_until < clock_timestamp()
       returning p.seq::float8 as seq, p.groups`,
      { log: logOf(queueId), owner, queueId },
    ),
  );
  return position;
}

/** Move a leased position and renew its lease. False: the lease is lost, and nothing has changed. */
export async function movePosition(
  db: Db,
  queueId: string,
  owner: string,
  { seq, groups }: RelayPosition,
): Promise<boolean> {
  const moved = await rowsOf(
    prepared(
      db,
      `update log_positions p
          set seq = :seq::bigint, groups = :groups::jsonb,
              lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
        where p.log = :log and p.owner = :owner::uuid returning p.log`,
      { log: logOf(queueId), owner, seq, groups: JSON.stringify(groups) },
    ),
  );
  return moved.length > 0;
}

/**
 * Give the lease back. True when the log has gone on by then: a pass that met this lease has left its
 * work to this one.
 */
export async function releasePosition(db: Db, queueId: string, owner: string): Promise<boolean> {
  const [released] = await rowsOf<{ isBehind: boolean }>(
    prepared(
      db,
      `update log_positions p set owner = null, lease_until = null
         from queues q
        where p.log = :log and p.owner = :owner::uuid and q.id = :queueId::bigint
       returning q.event_seq > p.seq as "isBehind"`,
      { log: logOf(queueId), owner, queueId },
    ),
  );
  return released?.isBehind ?? false;
}

/** A queue with a stream. */
export interface StreamedLog extends RelayPosition {
  queueId: string;
  /** The seq of the newest entry of the log. */
  head: number;
}

/** The logs of all queues with a stream, but for those that somebody relays at this moment. */
export const streamedLogs = (db: Db): Promise<StreamedLog[]> =>
  rowsOf<StreamedLog>(
    db.raw(
      `select q.id::text as "queueId", q.event_seq::float8 as head,
              coalesce(p.seq, 0)::float8 as seq, coalesce(p.groups, '{}') as groups
         from queues q
         left join log_positions p on p.log = 'tickets:' || q.id
        where (q.mode = 'auto' or q.stream)
          and (p.lease_until is null or p.lease_until < clock_timestamp())
        order by q.id`,
    ),
  );
