import type { Db } from '../../knex.ts';
import { rowsOf } from '../../knex.ts';
import { REQUEST_COLUMNS, type RequestRow, selectRequests } from './request-row.ts';

/** How long an ended request is still shown to its owner. */
const SHOWN_MINUTES = 10;

/**
 * My newest request: while it lives, while its session does, and for ten minutes after it ended or was
 * matched; never one that I cancelled myself.
 */
export async function currentRequest(db: Db, userId: string): Promise<RequestRow | undefined> {
  const [row] = await rowsOf<RequestRow & { recent: boolean }>(
    db.raw(
      `select ${REQUEST_COLUMNS},
              r.changed_at > now() - make_interval(mins => ?) or exists (
                select from session_participants p
                 where p.session_id = r.session_id and p.user_id = r.user_id and p.live) as recent
         from match_requests r
        where r.user_id = ?
        order by r.joined_at desc
        limit 1`,
      [SHOWN_MINUTES, userId],
    ),
  );
  if (!row) return undefined;
  const { recent, ...request } = row;
  if (request.state === 'waiting' || request.state === 'held') return request;
  if (request.state === 'cancelled' && request.reason === OWN_CANCEL) return undefined;
  return recent ? request : undefined;
}
/** The reason of a request that its owner took back. */
export const OWN_CANCEL = 'left_queue';

/** Waiting rows of a pool after `afterId`, in the order of their ids. */
export const pageOfWaiting = (db: Db, pool: string, afterId: string, limit: number) =>
  selectRequests(db)
    .whereRaw("r.pool = ? and r.state = 'waiting' and r.id > ?", [pool, afterId])
    .orderBy('r.id')
    .limit(limit);

/**
 * Rows that began to wait in the last half minute, but not just now. They are missing from the index
 * only if the process that wrote them died before it updated the index. Reads `match_requests_recent`.
 */
export const recentlyWaiting = (db: Db, limit: number) =>
  selectRequests(db)
    .whereRaw(
      `r.state = 'waiting' and r.changed_at > now() - interval '30 seconds'
       and r.changed_at < now() - interval '1 second'`,
    )
    .orderBy('r.changed_at')
    .limit(limit);

/** The fingerprint that the index of a pool should have; the sum is that of `fingerprint.lua`. */
export async function rowsFingerprint(db: Db, pool: string): Promise<string> {
  const [row] = await rowsOf<{ count: string; sum: string }>(
    db.raw(
      `select count(*)::text as count,
              coalesce(sum((extract(epoch from joined_at) * 1000000)::bigint % 1000000000
                           + 7 * version), 0)::text as sum
         from match_requests where pool = ? and state = 'waiting'`,
      [pool],
    ),
  );
  return `${row?.count}:${row?.sum}`;
}

/** Those of the given ids that wait now. */
export const stillWaiting = (db: Db, ids: readonly string[]) =>
  selectRequests(db).whereRaw("r.state = 'waiting' and r.id = any(?::uuid[])", [[...ids]]);

/** The waiting requests of these people. */
export const waitingOfUsers = (db: Db, userIds: readonly string[]) =>
  selectRequests(db).whereRaw("r.state = 'waiting' and r.user_id = any(?::uuid[])", [[...userIds]]);

/**
 * Pools in which somebody waits. A loose index scan over `match_requests_waiting`: one index probe a
 * pool, however many people wait in it.
 */
export async function waitingPools(db: Db): Promise<string[]> {
  const rows = await rowsOf<{ pool: string }>(
    db.raw(
      `with recursive pools as (
         (select pool from match_requests where state = 'waiting' order by pool limit 1)
         union all
         select (select m.pool from match_requests m
                  where m.state = 'waiting' and m.pool > p.pool order by m.pool limit 1)
           from pools p where p.pool is not null
       )
       select pool from pools where pool is not null`,
    ),
  );
  return rows.map(({ pool }) => pool);
}
