import { bounds } from '../../../config.ts';
import type { HotTrx } from '../../write/hot-transaction.ts';
import { defineStatement, type Write } from '../../write/statement.ts';
import { REQUEST_COLUMNS, type RequestRow } from '../requests/request-row.ts';
import type { RequestVerdict, SessionCommand } from './session-machine.ts';

export interface SessionRequest extends RequestVerdict {
  sessionId: string;
}

/** Steps that never decide a request. They are most of all steps, and their batch reads no requests. */
const WITHOUT_VERDICT: ReadonlySet<SessionCommand['kind']> = new Set([
  ...(['signal', 'connected', 'partner_lost', 'time_warning', 'time_limit'] as const),
]);

const readRequests = defineStatement<RequestRow>(
  `select ${REQUEST_COLUMNS} from match_requests r
    where r.session_id = any($1::uuid[]) and r.state in ('held', 'matched')`,
);

/** The requests that these steps may decide. Sent behind the locks of the participants. */
export async function readSessionRequests(
  trx: HotTrx,
  steps: readonly { sessionId: string; command: SessionCommand }[],
): Promise<RequestRow[]> {
  const ids = steps
    .filter(({ command }) => !WITHOUT_VERDICT.has(command.kind))
    .map(({ sessionId }) => sessionId);
  return ids.length === 0 ? [] : trx.read(readRequests, [[...new Set(ids)]]);
}

/**
 * What becomes of the requests of sessions that both have accepted, or that failed. Put back: the same
 * request, waiting again at its original place with a fresh expiry, at most three times, then
 * `no_connection`. The people are locked by the caller, who also takes failed sessions out of `live`,
 * so no other request can stand in the way. At most one verdict for a request: a session that failed
 * in the same batch as it was accepted has the last one. Pure.
 */
export function decideRequests(
  verdicts: readonly SessionRequest[],
  rows: readonly RequestRow[],
  { now, ttlSeconds }: { now: Date; ttlSeconds: number },
): RequestRow[] {
  const last = new Map(verdicts.map((one) => [`${one.sessionId} ${one.userId}`, one]));
  return rows.flatMap((row): RequestRow[] => {
    const decided = last.get(`${row.session_id} ${row.user_id}`);
    if (!decided) return [];
    const next = { ...row, version: row.version + 1 };
    if (decided.verdict === 'match') return [{ ...next, state: 'matched', reason: null }];
    if (decided.verdict === 'cancel')
      return [{ ...next, state: 'cancelled', reason: decided.reason }];
    if (row.requeues >= bounds.requeues)
      return [{ ...next, state: 'cancelled', reason: 'no_connection' }];
    return [
      {
        ...next,
        state: 'waiting',
        reason: null,
        requeues: row.requeues + 1,
        expires_at: new Date(now.getTime() + ttlSeconds * 1000),
        session_id: null,
      },
    ];
  });
}

const updateRequests = defineStatement(
  `update match_requests r
      set state = x.state, reason = x.reason, requeues = x.requeues, expires_at = x.expires_at,
          session_id = x.session_id, version = x.version, changed_at = now()
     from jsonb_to_recordset($2::jsonb) as x
          (id uuid, state text, reason text, requeues smallint, expires_at timestamptz,
           session_id uuid, version integer)
    where r.id = any($1::uuid[]) and r.id = x.id and r.version < x.version`,
);

/** The write of decided requests. */
export const requestsWrite = (rows: readonly RequestRow[]): Write => ({
  statement: updateRequests,
  values: [
    rows.map(({ id }) => id),
    JSON.stringify(
      rows.map(({ id, state, reason, requeues, expires_at, session_id, version }) => ({
        ...{ id, state, reason, requeues, expires_at, session_id, version },
      })),
    ),
  ],
});
