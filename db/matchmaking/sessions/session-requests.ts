import { bounds } from '../../../config.ts';
import { defineStatement, type Write } from '../../write/statement.ts';
import { REQUEST_COLUMNS, type RequestRow } from '../requests/request-row.ts';
import type { RequestVerdict } from './session-machine.ts';

export interface SessionRequest extends RequestVerdict {
  sessionId: string;
}

const verdictStatement = defineStatement<RequestRow>(
  `update match_requests r
      set state = case when x.matches then 'matched'
                       when x.back and r.requeues < $3::int then 'waiting'
                       else 'cancelled' end,
          reason = case when x.matches then null
                        when not x.back then x.reason
                        when r.requeues < $3::int then null
                        else 'no_connection' end,
          requeues = case when x.back and r.requeues < $3::int then r.requeues + 1
                          else r.requeues end,
          expires_at = case when x.back and r.requeues < $3::int
                            then now() + make_interval(secs => $4::int) else r.expires_at end,
          session_id = case when x.back and r.requeues < $3::int then null
                            else r.session_id end,
          version = r.version + 1,
          changed_at = now()
     from jsonb_to_recordset($1::jsonb) as x
          (session_id uuid, user_id uuid, matches boolean, back boolean, reason text)
    where r.session_id = any($2::uuid[]) and r.session_id = x.session_id
      and r.user_id = x.user_id and r.state in ('held', 'matched')
  returning ${REQUEST_COLUMNS}`,
);

/**
 * The write that changes the requests of sessions that both have accepted, or that failed; it returns
 * them. Put back: the same request, waiting again at its original place with a fresh expiry, at most
 * three times, then `no_connection`. The people are locked by the caller, who also takes failed
 * sessions out of `live`, so no other request can stand in the way. At most one verdict for a
 * request: a session that failed in the same batch as it was accepted has the last one.
 */
export function verdictWrite(verdicts: readonly SessionRequest[], ttlSeconds: number): Write {
  const last = new Map(verdicts.map((one) => [`${one.sessionId} ${one.userId}`, one]));
  const rows = [...last.values()].map(({ sessionId, userId, verdict, reason }) => ({
    session_id: sessionId,
    user_id: userId,
    matches: verdict === 'match',
    back: verdict === 'put_back',
    reason,
  }));
  const sessions = rows.map((row) => row.session_id);
  return {
    statement: verdictStatement,
    values: [JSON.stringify(rows), sessions, bounds.requeues, ttlSeconds],
  };
}
