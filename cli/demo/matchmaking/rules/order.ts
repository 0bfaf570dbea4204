import type { Person } from '../history.ts';
import {
  compatible,
  type Facts,
  type RequestTrace,
  requestOf,
  type SessionTrace,
} from './facts.ts';

/** A joined this much earlier than B: nearer ones may have been taken in one batch. */
const EARLIER_MS = 1_000;
/**
 * A still waited this long after B was given the partner. A shorter time proves nothing: A may have
 * been claimed for somebody else at that moment, with the session still to be written.
 */
const STILL_MS = 5_000;

interface Match {
  trace: SessionTrace;
  partner: Person;
  /** B, who got the partner, and since when B had waited. */
  joinedAt: number;
  /** When a client first saw it, on this process's clock. */
  at: number;
}

/**
 * Order among compatible people, flagged only when it is certain: A and B could both talk to the
 * partner, A had joined a second before B, waited there all the while and long after, undisturbed,
 * and had never met the partner (failed and recent partners are kept apart, for good reasons).
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

/** In a session by the server's own times, or away, whatever the pushes said. */
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
