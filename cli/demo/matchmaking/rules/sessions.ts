import { compatible, type Facts, requestOf, type SessionTrace } from './facts.ts';

/** Each rule checks the facts and returns one line per violation. */
export type Rule = (facts: Facts) => string[];

const each =
  (check: (trace: SessionTrace, facts: Facts) => string | null): Rule =>
  (facts) =>
    [...facts.sessions.values()].flatMap((trace) => {
      const violation = check(trace, facts);
      return violation === null ? [] : [`session ${trace.id}: ${violation}`];
    });

/** Tolerance for times rounded to milliseconds. */
const ROUNDING_MS = 2;

/** No one is in two live sessions, from creation to end in server time. */
export const oneLiveSession: Rule = ({ sessionsOf, endings }) =>
  [...sessionsOf].flatMap(([userId, sessions]) => {
    // An end that no client saw is unknown, unless the person's own list at the end has it as live.
    const endOf = ({ id, createdAt, endedAt }: SessionTrace): number => {
      if (endedAt !== null) return endedAt;
      const listed = endings.get(userId)?.sessions.some((session) => session.id === id);
      return listed ? Number.POSITIVE_INFINITY : createdAt;
    };
    return sessions.slice(1).flatMap((later, i) => {
      const before = sessions
        .slice(0, i + 1)
        .find((earlier) => endOf(earlier) > later.createdAt + ROUNDING_MS);
      return before ? [`person ${userId} was in ${before.id} and ${later.id} at once`] : [];
    });
  });

export const noSelfMatch: Rule = each(({ latest }) => {
  const ids = new Set([
    latest.practiceUserId,
    latest.nativeUserId,
    ...latest.participants.map(({ userId }) => userId),
  ]);
  return ids.size === 2 && latest.participants.length === 2 ? null : 'is not of two people';
});

/** Opposite roles and opposite politeness, consistent for both sides at all times. */
export const oppositeSides: Rule = each(({ seen, latest }) => {
  const [one, other] = latest.participants;
  if (!one || !other) return null;
  if (one.role === other.role) return `both are ${one.role}`;
  if (one.polite === other.polite) return one.polite ? 'both are polite' : 'neither is polite';
  const practising = latest.participants.find(({ role }) => role === 'practice');
  if (practising?.userId !== latest.practiceUserId) return 'roles and ids disagree';
  const fixed = new Set(seen.map(({ session }) => fixedPart(session)));
  return fixed.size === 1 ? null : 'was told differently to the two sides, or changed';
});

function fixedPart(session: SessionTrace['latest']): string {
  const { language, practiceUserId, nativeUserId, participants } = session;
  const sides = participants
    .map(({ userId, role, polite }) => `${userId} ${role} ${polite}`)
    .sort();
  return [language, practiceUserId, nativeUserId, ...sides].join('|');
}

/** Both sides have the session under the same id. */
export const knownToBoth: Rule = each(({ id, latest }, { endings }) => {
  const without = [latest.practiceUserId, latest.nativeUserId].find((userId) => {
    const ending = endings.get(userId);
    return ending && !ending.sessions.some((session) => session.id === id);
  });
  return without ? `person ${without} does not have it` : null;
});

export const compatibleBothWays: Rule = each(({ latest }, { people }) => {
  const practising = people.get(latest.practiceUserId);
  const native = people.get(latest.nativeUserId);
  if (!practising || !native || compatible(practising, native)) return null;
  return 'joins two people who are not compatible';
});

/**
 * The language is the first that the longer-waiting person practises and the other one speaks. The order is
 * known if both requests were observed, and undecided within one millisecond.
 */
export const practiceLanguage: Rule = each(({ id, latest }, facts) => {
  const practising = facts.people.get(latest.practiceUserId);
  const native = facts.people.get(latest.nativeUserId);
  if (!practising || !native) return null;
  const language = practising.practice.find((code) => native.native.includes(code));
  if (language !== latest.language) return `is in ${latest.language}, not in ${language}`;
  const own = requestOf(facts, latest.practiceUserId, id);
  const other = requestOf(facts, latest.nativeUserId, id);
  if (!own || !other || own.joinedAt <= other.joinedAt) return null;
  return 'practises the language of the one who waited less';
});
