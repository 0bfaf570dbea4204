import type { Person } from '../history.ts';
import {
  compatible,
  type Facts,
  type RequestTrace,
  requestOf,
  type SessionTrace,
} from './facts.ts';

/** The minimum lead of A over B. Closer joins may be in the same batch. */
const EARLIER_MS = 1_000;
/**
 * How long A must have waited after B got the partner. A shorter wait proves nothing: A may have been
 * claimed for someone else, with the session not yet committed.
 */
const STILL_MS = 5_000;

interface Match {
  trace: SessionTrace;
  partner: Person;
  /** B, who got the partner, and the start of B's wait. */
  joinedAt: number;
  /** The local time at which a client first observed it. */
  at: number;
}

/**
 * The order among compatible people. Reports a violation only if it is certain: A and B are both compatible
 * with the partner, A joined a second before B, waited without interruption until long after the match, and
 * had never met the partner (failed and recent partners are excluded by design).
 */
export function orderRespected(facts: Facts): string[] {
  return matchesOf(facts).flatMap((match) =>
    [...facts.people.values()]
      .filter((a) => wasSkipped(a, match, facts))
      .map((a) => `person ${a.userId} waited longer for the partner of ${match.trace.id}`),
  );
}

function matchesOf(facts: Facts): Match[] {
  return [...facts.sessions.values()].flatMap((trace) => {
    const { practiceUserId, nativeUserId } = trace.latest;
    const at = Math.min(...trace.seen.map((seen) => seen.at));
    return [
      [practiceUserId, nativeUserId],
      [nativeUserId, practiceUserId],
    ].flatMap(([takenId = '', partnerId = '']) => {
      const partner = facts.people.get(partnerId);
      const taken = requestOf(facts, takenId, trace.id);
      return partner && taken ? [{ trace, partner, joinedAt: taken.joinedAt, at }] : [];
    });
  });
}

function wasSkipped(a: Person, match: Match, facts: Facts): boolean {
  const { trace, partner } = match;
  const { practiceUserId, nativeUserId } = trace.latest;
  if (a.userId === practiceUserId || a.userId === nativeUserId) return false;
  if (!compatible(a, partner)) return false;
  const request = facts.requestsOf
    .get(a.userId)
    ?.find(({ joinedAt, seen }) => joinedAt <= match.joinedAt - EARLIER_MS && waits(seen, match));
  if (!request) return false;
  return !busy(a.userId, request, match, facts) && !haveMet(a.userId, partner.userId, facts);
}

/** Seen waiting before, and seen in no other state until long after. */
function waits(seen: RequestTrace['seen'], { at }: Match): boolean {
  if (!seen.some((one) => one.at < at)) return false;
  return seen.every(
    (one) =>
      one.at > at + STILL_MS || (one.request.state === 'waiting' && one.request.requeues === 0),
  );
}

/** In a session according to server times, or absent, regardless of pushes. */
function busy(
  userId: string,
  { joinedAt, seen }: RequestTrace,
  match: Match,
  facts: Facts,
): boolean {
  const until = match.trace.createdAt + STILL_MS;
  const inSession = facts.sessionsOf
    .get(userId)
    ?.some(({ createdAt, endedAt }) => createdAt <= until && (endedAt ?? Infinity) >= joinedAt);
  const first = seen[0]?.at ?? 0;
  const away = facts.absencesOf
    .get(userId)
    ?.some((absence) => absence.from <= match.at + STILL_MS && absence.until >= first);
  return Boolean(inSession || away);
}

const haveMet = (a: string, b: string, { sessionsOf }: Facts): boolean =>
  (sessionsOf.get(a) ?? []).some(
    ({ latest }) => latest.practiceUserId === b || latest.nativeUserId === b,
  );
