import { lockPeople } from '../../accounts/lock-users.ts';
import { prepared, rowsOf, type Trx } from '../../knex.ts';
import { recheckPairs } from '../pool/avoid.ts';
import type { ClaimRelease, PairClaim } from '../pool/claims.ts';
import { REQUEST_COLUMNS, type RequestRow } from '../requests/request-row.ts';
import { decideClaims } from './decide-claims.ts';
import { insertSessions } from './insert-sessions.ts';
import { readSessions, type SessionView } from './session-row.ts';

export interface Created {
  /** Sessions of these claims: those made now, and those that a former run of the job had made. */
  found: SessionView[];
  /** Requests that changed: matched (held, when an accept step is on), or cancelled because their person is in another live session. */
  requests: RequestRow[];
  /** What becomes of each hold after the commit. */
  releases: ClaimRelease[];
  /** People who must not meet and were claimed all the same: their avoid lists lack each other. */
  avoid: { requestId: string; userId: string }[];
  /** Requests that wait in another version than the index knew. */
  reindex: RequestRow[];
}

/**
 * Turn claims into sessions, checking the truth again under the locks of the people. A session id
 * that exists means that a former run of this job committed. Four statements, however many claims.
 */
export async function createSessions(
  trx: Trx,
  pool: string,
  claims: readonly PairClaim[],
  connectSeconds: number,
  acceptSeconds = 0,
): Promise<Created> {
  const claimed = claims.flatMap(({ first, second }) => [first, second]);
  // The locks go out first; what follows on the same connection runs when they are held.
  const [people, requests, judged] = await Promise.all([
    lockPeople(
      trx,
      claimed.map(({ userId }) => userId),
    ),
    requestsById(
      trx,
      claimed.map(({ requestId }) => requestId),
    ),
    recheckPairs(
      trx,
      claims.map(({ sessionId, first, second }) => ({
        id: sessionId,
        a: first.userId,
        b: second.userId,
      })),
    ),
  ]);
  const decision = decideClaims(claims, { people, requests, judged });
  const seconds = { connectSeconds, acceptSeconds };
  const made = await insertSessions(trx, { pool, plans: decision.plans, ...seconds, people });
  const cancelled = await cancelStuck(trx, decision.stuck);
  const before = await readSessions(trx, decision.done);
  return {
    // Of a former run: whoever has moved on meanwhile knows about it.
    found: [...made.sessions, ...before.filter(({ state }) => state === 'matched')],
    requests: [...made.requests, ...cancelled],
    releases: decision.releases,
    avoid: decision.avoid,
    reindex: decision.reindex,
  };
}

async function requestsById(trx: Trx, ids: string[]) {
  const rows = await rowsOf<RequestRow & { busy: boolean }>(
    prepared(
      trx,
      `select ${REQUEST_COLUMNS}, exists (
              select from session_participants p where p.live and p.user_id = r.user_id) as busy
         from match_requests r where r.id = any(?::uuid[])`,
      [ids],
    ),
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** A request that still waits while its person is in a live session must not wait any longer. */
async function cancelStuck(trx: Trx, requestIds: string[]): Promise<RequestRow[]> {
  if (requestIds.length === 0) return [];
  return rowsOf<RequestRow>(
    prepared(
      trx,
      `update match_requests r
          set state = 'cancelled', reason = 'session_active', version = version + 1,
              changed_at = now()
        where r.id = any(?::uuid[]) and r.state = 'waiting'
      returning ${REQUEST_COLUMNS}`,
      [requestIds],
    ),
  );
}
