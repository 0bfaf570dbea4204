import { lockPeopleIn } from '../../accounts/lock-users.ts';
import type { EventsOf, Locking } from '../../write/command.ts';
import type { HotTrx } from '../../write/hot-transaction.ts';
import { defineStatement } from '../../write/statement.ts';
import { type Effects, noEffects } from '../effects.ts';
import { recheckPairs } from '../pool/avoid.ts';
import type { ClaimRelease, PairClaim } from '../pool/claims.ts';
import { asEnded, endWrites } from '../requests/end-requests.ts';
import { REQUEST_COLUMNS, type RequestRow } from '../requests/request-row.ts';
import type { ClaimedRow } from './claimed-row.ts';
import { decideClaims } from './decide-claims.ts';
import { insertSessions } from './insert-sessions.ts';
import type { SessionView } from './session-row.ts';

export interface Created {
  /** Sessions that were made now. */
  found: SessionView[];
  /** Claims whose session an earlier run of the job created. */
  done: string[];
  /** Claims whose people are locked elsewhere: not decided. Always empty when locks are waited for. */
  locked: PairClaim[];
  /** Requests that changed: matched (held, when an accept step is on), or cancelled because their person is in another live session. */
  requests: RequestRow[];
  /** What becomes of each decided claim after the commit. */
  releases: ClaimRelease[];
  /** People who must not meet and were claimed all the same: their avoid lists lack each other. */
  avoid: { requestId: string; userId: string }[];
  /** Requests that wait in another version than the index knew. */
  reindex: RequestRow[];
}

const requestsStatement = defineStatement<ClaimedRow>(
  `select ${REQUEST_COLUMNS}, date_trunc('milliseconds', clock_timestamp() + interval '999 microseconds') as at,
          coalesce((
          select true from session_participants p
           where p.live and p.user_id = r.user_id limit 1), false) as busy
     from match_requests r where r.id = any($1::uuid[])`,
);

/**
 * Turn claims into sessions in a hot transaction that checks the tables again under the locks of the
 * people. A session id that exists means that an earlier run of this job committed.
 */
export async function createSessions(
  trx: HotTrx,
  pool: string,
  claims: readonly PairClaim[],
  connectSeconds: number,
  acceptSeconds = 0,
  locking: Locking = 'wait',
  eventsOf?: EventsOf<Effects>,
): Promise<Created> {
  const claimed = claims.flatMap(({ first, second }) => [first, second]);
  // The locks go out first; what follows on the same connection runs when they are held.
  const [{ people, elsewhere }, rows, checks] = await Promise.all([
    lockPeopleIn(
      trx,
      claimed.map(({ userId }) => userId),
      locking,
    ),
    trx.read(requestsStatement, [claimed.map(({ requestId }) => requestId)]),
    recheckPairs(
      trx,
      claims.map(({ sessionId, first, second }) => ({
        id: sessionId,
        a: first.userId,
        b: second.userId,
      })),
    ),
    eventsOf && trx.readWanted(),
  ]);
  const isLocked = ({ first, second }: PairClaim) =>
    elsewhere.has(first.userId) || elsewhere.has(second.userId);
  const free = claims.flatMap((claim, at) => (isLocked(claim) ? [] : [{ claim, at }]));
  const requests = new Map(rows.map((row) => [row.id, row]));
  const decision = decideClaims(
    free.map(({ claim }) => claim),
    { people, requests, checks: free.map(({ at }) => checks[at] ?? { done: false, apart: false }) },
  );
  const made = insertSessions(decision.plans, {
    ...{ pool, people, requests, connectSeconds, acceptSeconds },
  });
  // A request that still waits while its person is in a live session must not wait any longer.
  const stuck = decision.stuck.flatMap((id) => requests.get(id) ?? []);
  const cancelled = asEnded(stuck, 'cancelled', 'session_active');
  const changed = [...made.requests, ...cancelled];
  await trx.commitWith(
    [...endWrites(cancelled), ...made.writes],
    eventsOf?.({ ...noEffects(), found: made.sessions, requests: changed }),
  );
  return {
    found: made.sessions,
    done: decision.done,
    locked: claims.filter(isLocked),
    requests: changed,
    releases: decision.releases,
    avoid: decision.avoid,
    reindex: decision.reindex,
  };
}
