import { lockUsers } from '../accounts/lock-users.ts';
import { type Db, rowsOf, type Trx } from '../knex.ts';
import { REQUEST_COLUMNS, type RequestRow } from './request-row.ts';

/** Cancel the waiting requests of these people; those without one are left out of the answer. */
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
        where r.user_id = any(?::uuid[]) and r.state in ('waiting', 'held')
      returning ${REQUEST_COLUMNS}`,
      [reason, [...userIds]],
    ),
  );
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
