import { lockUsers } from '../accounts/lock-users.ts';
import { rowsOf, type Trx } from '../knex.ts';
import { avoidedPairs, pairKey } from './avoid.ts';
import type { Claimed, ClaimRelease, PairClaim } from './claims.ts';
import { insertSessions } from './insert-sessions.ts';
import { type Pairing, pairingOf } from './pairing.ts';
import { asWaiting, REQUEST_COLUMNS, type RequestRow, selectRequests } from './request-row.ts';
import { readSessions, type SessionView } from './session-row.ts';

export interface Created {
  /** Sessions of these claims: those made now, and those that a former run of the job had made. */
  found: SessionView[];
  /** Requests that changed: matched, or cancelled because their person is in another live session. */
  requests: RequestRow[];
  /** What becomes of each hold after the commit. */
  releases: ClaimRelease[];
  /** People who must not meet and were claimed all the same: their avoid lists lack each other. */
  avoid: { requestId: string; userId: string }[];
  /** Requests that wait in another version than the index knew. */
  reindex: RequestRow[];
}

export interface Plan {
  claim: PairClaim;
  pairing: Pairing;
}

/**
 * Turn claims into sessions, checking the truth again: both still waiting in the version that was
 * claimed, neither in a live session, nothing between them. A pair with one person gone gives the
 * other back. A session id that exists means that a former run of this job committed.
 */
export async function createSessions(
  trx: Trx,
  pool: string,
  claims: readonly PairClaim[],
  connectSeconds: number,
): Promise<Created> {
  const people = claims.flatMap(({ first, second }) => [first, second]);
  const userIds = people.map(({ userId }) => userId);
  const known = new Set(await lockUsers(trx, userIds));
  const requests = await requestsById(trx, people);
  const live = await liveSessions(trx, userIds);
  const done = await existing(trx, claims);
  const avoided = await avoidedPairs(
    trx,
    claims.map(({ first, second }) => ({ a: first.userId, b: second.userId })),
  );

  const created: Created = { found: [], requests: [], releases: [], avoid: [], reindex: [] };
  const plans: Plan[] = [];
  const taken = new Set<string>();
  const isFree = (person: Claimed) => {
    const row = requests.get(person.requestId);
    return (
      row?.state === 'waiting' &&
      row.version === person.version &&
      known.has(person.userId) &&
      !live.has(person.userId) &&
      !taken.has(person.userId)
    );
  };
  for (const claim of claims) {
    const { first, second } = claim;
    if (done.has(claim.sessionId)) {
      created.releases.push({ claim, first: 'drop', second: 'drop' });
      continue;
    }
    const pairing = pairing_(requests.get(first.requestId), requests.get(second.requestId));
    const apart = avoided.has(pairKey(first.userId, second.userId)) || !pairing;
    if (isFree(first) && isFree(second) && !apart) {
      plans.push({ claim, pairing });
      taken.add(first.userId).add(second.userId);
      created.releases.push({ claim, first: 'matched', second: 'matched' });
      continue;
    }
    if (apart) created.avoid.push(...mutual(claim));
    created.releases.push({
      claim,
      first: isFree(first) ? 'back' : 'drop',
      second: isFree(second) ? 'back' : 'drop',
    });
  }
  const matched = await insertSessions(trx, pool, plans, connectSeconds);
  const stuck = people.filter(({ userId }) => live.has(userId)).map(({ requestId }) => requestId);
  const cancelled = await cancelStuck(trx, stuck);
  created.requests = [...matched, ...cancelled];
  const madeIds = plans.map(({ claim }) => claim.sessionId);
  const found = await readSessions(trx, [...madeIds, ...done]);
  // Of a former run: whoever has moved on meanwhile knows about it.
  created.found = found.filter(({ state }) => state === 'matched');
  created.reindex = people.flatMap((person) => {
    const row = requests.get(person.requestId);
    return row?.state === 'waiting' && row.version > person.version ? [row] : [];
  });
  return created;
}

const pairing_ = (a: RequestRow | undefined, b: RequestRow | undefined) =>
  a && b ? pairingOf(asWaiting(a), asWaiting(b)) : undefined;

const mutual = ({ first, second }: PairClaim) => [
  { requestId: first.requestId, userId: second.userId },
  { requestId: second.requestId, userId: first.userId },
];

async function requestsById(trx: Trx, people: Claimed[]): Promise<Map<string, RequestRow>> {
  const ids = people.map(({ requestId }) => requestId);
  const rows = await selectRequests(trx).whereRaw('r.id = any(?::uuid[])', [ids]);
  return new Map(rows.map((row) => [row.id, row]));
}

async function liveSessions(trx: Trx, userIds: string[]): Promise<Set<string>> {
  const rows = await trx('session_participants')
    .whereRaw('live and user_id = any(?::uuid[])', [userIds])
    .select('user_id');
  return new Set(rows.map((row: { user_id: string }) => row.user_id));
}

async function existing(trx: Trx, claims: readonly PairClaim[]): Promise<Set<string>> {
  const ids = claims.map(({ sessionId }) => sessionId);
  const rows = await trx('sessions').whereRaw('id = any(?::uuid[])', [ids]).select('id');
  return new Set(rows.map((row: { id: string }) => row.id));
}

/** A request that still waits while its person is in a live session must not wait any longer. */
async function cancelStuck(trx: Trx, requestIds: string[]): Promise<RequestRow[]> {
  if (requestIds.length === 0) return [];
  return rowsOf<RequestRow>(
    trx.raw(
      `update match_requests r
          set state = 'cancelled', reason = 'session_active', version = version + 1,
              changed_at = now()
        where r.id = any(?::uuid[]) and r.state = 'waiting'
      returning ${REQUEST_COLUMNS}`,
      [requestIds],
    ),
  );
}
