import { lockUsers } from '../../accounts/lock-users.ts';
import { type Db, rowsOf, type Trx } from '../../knex.ts';
import { REQUEST_COLUMNS, type RequestRow } from './request-row.ts';

/**
 * Cancel the waiting requests of these people; those without one are left out of the answer. One that
 * is held for the accept step of a session ends through that session, which both people are locked
 * for: see `heldSessions`.
 */
export async function cancelRequests(
  trx: Trx,
  userIds: readonly string[],
  reason: string,
): Promise<RequestRow[]> {
  await lockUsers(trx, userIds);
  return rowsOf<RequestRow>(
    trx.raw(
      `update match_requests r
          set state = 'cancelled', reason = ?, version = version + 1, changed_at = now()
        where r.user_id = any(?::uuid[]) and r.state = 'waiting'
      returning ${REQUEST_COLUMNS}`,
      [reason, [...userIds]],
    ),
  );
}

/** The sessions for whose accept step requests of these people are held. */
export async function heldSessions(
  db: Db,
  userIds: readonly string[],
): Promise<{ sessionId: string; userId: string }[]> {
  const rows = await rowsOf<{ session_id: string; user_id: string }>(
    db.raw(
      `select session_id, user_id from match_requests
        where state = 'held' and user_id = any(?::uuid[])`,
      [[...userIds]],
    ),
  );
  return rows.map((row) => ({ sessionId: row.session_id, userId: row.user_id }));
}

/** Waiting requests past their time, oldest expiry first. */
export async function overdueRequests(db: Db, limit: number) {
  const rows = await db('match_requests')
    .whereRaw("state = 'waiting' and expires_at <= now()")
    .orderBy('expires_at')
    .limit(limit)
    .select('user_id');
  return rows.map((row: { user_id: string }) => row.user_id);
}

/** Expire what is still overdue once the people are locked: a put-back may have renewed it meanwhile. */
export async function expireRequests(trx: Trx, userIds: readonly string[]): Promise<RequestRow[]> {
  await lockUsers(trx, userIds);
  return rowsOf<RequestRow>(
    trx.raw(
      `update match_requests r
          set state = 'expired', reason = 'no_partner', version = version + 1, changed_at = now()
        where r.user_id = any(?::uuid[]) and r.state = 'waiting' and r.expires_at <= now()
      returning ${REQUEST_COLUMNS}`,
      [[...userIds]],
    ),
  );
}
