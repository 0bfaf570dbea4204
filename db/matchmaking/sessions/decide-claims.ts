import type { PairCheck } from '../pool/avoid.ts';
import type { Claimed, ClaimRelease, PairClaim } from '../pool/claims.ts';
import { type Pairing, pairingOf } from '../pool/pairing.ts';
import { asWaiting, type RequestRow } from '../requests/request-row.ts';

export interface Plan {
  claim: PairClaim;
  pairing: Pairing;
}

/** What the tables say about claimed people, read under their locks. */
export interface Facts {
  /** Present people by id, with the names that they show. */
  people: ReadonlyMap<string, string>;
  requests: ReadonlyMap<string, RequestRow & { busy: boolean }>;
  /** One for each claim, in the order of the claims. */
  checks: readonly PairCheck[];
}

export interface Decision {
  plans: Plan[];
  releases: ClaimRelease[];
  /** People who must not meet and were claimed all the same: their avoid lists lack each other. */
  avoid: { requestId: string; userId: string }[];
  /** Sessions that an earlier run of the job created. */
  done: string[];
  /** Requests that still wait while their person is in a live session. */
  stuck: string[];
  /** Requests that wait in another version than the index knew. */
  reindex: RequestRow[];
}

/**
 * Decide the claims of one batch. A pair becomes a session when both still wait in the version that
 * was claimed, neither is in a live session and they may meet. Otherwise a person who can still be
 * matched goes back. Pure.
 */
export function decideClaims(claims: readonly PairClaim[], facts: Facts): Decision {
  const decision: Decision = {
    plans: [],
    releases: [],
    avoid: [],
    done: [],
    stuck: [],
    reindex: [],
  };
  const taken = new Set<string>();
  const isFree = ({ requestId, userId, version }: Claimed) => {
    const row = facts.requests.get(requestId);
    return (
      row?.state === 'waiting' &&
      row.version === version &&
      !row.busy &&
      facts.people.has(userId) &&
      !taken.has(userId)
    );
  };
  for (const [at, claim] of claims.entries()) {
    const { first, second, sessionId } = claim;
    const { done = false, apart = false } = facts.checks[at] ?? {};
    if (done) {
      decision.done.push(sessionId);
      decision.releases.push({ claim, first: 'drop', second: 'drop' });
      continue;
    }
    const pairing = pairingBetween(
      facts.requests.get(first.requestId),
      facts.requests.get(second.requestId),
    );
    if (isFree(first) && isFree(second) && pairing && !apart) {
      decision.plans.push({ claim, pairing });
      taken.add(first.userId).add(second.userId);
      decision.releases.push({ claim, first: 'matched', second: 'matched' });
      continue;
    }
    if (apart || !pairing) decision.avoid.push(...mutual(claim));
    const verdict = (person: Claimed) => (isFree(person) ? 'back' : 'drop');
    decision.releases.push({ claim, first: verdict(first), second: verdict(second) });
  }
  for (const { requestId, version } of claims.flatMap(({ first, second }) => [first, second])) {
    const row = facts.requests.get(requestId);
    if (row?.state !== 'waiting') continue;
    if (row.busy) decision.stuck.push(requestId);
    if (row.version > version) decision.reindex.push(row);
  }
  return decision;
}

const pairingBetween = (a: RequestRow | undefined, b: RequestRow | undefined) =>
  a && b ? pairingOf(asWaiting(a), asWaiting(b)) : undefined;

const mutual = ({ first, second }: PairClaim) => [
  { requestId: first.requestId, userId: second.userId },
  { requestId: second.requestId, userId: first.userId },
];
