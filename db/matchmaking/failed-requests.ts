import { bounds } from '../../config.ts';
import { rowsOf, type Trx } from '../knex.ts';
import { REQUEST_COLUMNS, type RequestRow } from './request-row.ts';
import type { RequestVerdict } from './session-machine.ts';

export interface FailedRequest extends RequestVerdict {
  sessionId: string;
}

/**
 * Settle the requests of sessions that failed. Put back: the same request, waiting again at its
 * original place with a fresh expiry, at most three times, then `no_connection`. The people are
 * locked by the caller, who also took their sessions out of `live`, so no other request can stand
 * in the way.
 */
export async function settleFailedRequests(
  trx: Trx,
  failed: readonly FailedRequest[],
  ttlSeconds: number,
): Promise<RequestRow[]> {
  if (failed.length === 0) return [];
  const rows = failed.map(({ sessionId, userId, verdict, reason }) => ({
    session_id: sessionId,
    user_id: userId,
    back: verdict === 'put_back',
    reason,
  }));
  return rowsOf<RequestRow>(
    trx.raw(
      `update match_requests r
          set state = case when x.back and r.requeues < :limit then 'waiting' else 'cancelled' end,
              reason = case when not x.back then x.reason
                            when r.requeues < :limit then null
                            else 'no_connection' end,
              requeues = case when x.back and r.requeues < :limit then r.requeues + 1
                              else r.requeues end,
              expires_at = case when x.back and r.requeues < :limit
                                then now() + make_interval(secs => :ttl) else r.expires_at end,
              session_id = case when x.back and r.requeues < :limit then null
                                else r.session_id end,
              version = r.version + 1,
              changed_at = now()
         from jsonb_to_recordset(:rows::jsonb) as x
              (session_id uuid, user_id uuid, back boolean, reason text)
        where r.session_id = any(:sessions::uuid[]) and r.session_id = x.session_id and r.user_id = x.user_id and r.state = 'matched'
      returning ${REQUEST_COLUMNS}`,
      {
        limit: bounds.requeues,
        ttl: ttlSeconds,
        sessions: failed.map(({ sessionId }) => sessionId),
        rows: JSON.stringify(rows),
      },
    ),
  );
}
