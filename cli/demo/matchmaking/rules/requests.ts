import { type Facts, groupBy, lastSeen, type RequestTrace } from './facts.ts';
import type { Rule } from './sessions.ts';

const isOver = (state: string) => state === 'cancelled' || state === 'expired';
const isWaiting = (state: string) => state === 'waiting' || state === 'held';

/** The observations of a request, one for each version, in the order of the versions. */
const byVersion = ({ seen }: RequestTrace) =>
  [...new Map(seen.map(({ request }) => [request.version, request])).values()].sort(
    (a, b) => a.version - b.version,
  );

/** No request ends twice. Only a requeue (counted in `requeues`) reverses a match. */
export const endsOnce: Rule = ({ requests }) =>
  [...requests.values()].flatMap((trace) => {
    const versions = byVersion(trace);
    return versions.slice(1).flatMap((after, i) => {
      const before = versions[i] as typeof after;
      const violation = endedTwice(before, after);
      return violation ? [`request ${trace.id}: ${violation}`] : [];
    });
  });

type Version = ReturnType<typeof byVersion>[number];

function endedTwice(before: Version, after: Version): string | null {
  if (isOver(before.state)) return `${before.state}, and then ${after.state}`;
  if (after.requeues < before.requeues) return 'its put-backs were counted down';
  if (after.requeues > before.requeues || before.state !== 'matched') return null;
  if (after.state === 'expired' || isWaiting(after.state))
    return `matched, and then ${after.state} without being put back`;
  if (after.state === 'matched' && after.sessionId !== before.sessionId)
    return `matched into ${before.sessionId} and into ${after.sessionId}`;
  return null;
}

/** At the end, the server reports every request as ended or waiting, or its owner cancelled it. */
export const endedOrWaits: Rule = (facts) =>
  [...facts.endings.values()].flatMap(({ userId, request, cancelled, sessions }) => {
    const newest = facts.requestsOf
      .get(userId)
      ?.reduce((a, b) => (b.joinedAt >= a.joinedAt ? b : a));
    if (!newest) return [];
    const told = lastSeen(newest);
    const lost = request ? request.id !== newest.id : isWaiting(told.state);
    if (lost && !cancelled)
      return [`request ${newest.id}: the server no longer knows it (${told.state})`];
    if (request?.state !== 'matched') return [];
    const has = sessions.some(({ id }) => id === request.sessionId);
    return has ? [] : [`request ${newest.id}: matched into a session that its owner does not have`];
  });

/** Versions never decrease for one observer, and each version has one state. */
export const versionsGoForward: Rule = (facts) => [
  ...[...facts.requests.values()].flatMap(({ id, seen }) =>
    backwards(
      `request ${id}`,
      seen.map(({ request }) => request),
    ),
  ),
  ...[...facts.sessions.values()].flatMap(({ id, seen }) =>
    [...groupBy(seen, ({ userId }) => userId).values()].flatMap((own) =>
      backwards(
        `session ${id}`,
        own.map(({ session }) => session),
      ),
    ),
  ),
  ...twoFaced(facts),
];

function backwards(name: string, seen: { version: number }[]): string[] {
  const at = seen.findIndex(({ version }, i) => version < (seen[i - 1]?.version ?? 0));
  return at < 0 ? [] : [`${name}: version ${seen[at - 1]?.version}, and then ${seen[at]?.version}`];
}

function twoFaced({ requests, sessions }: Facts): string[] {
  const of = (name: string, seen: { version: number; state: string }[]): string[] => {
    const states = groupBy(seen, ({ version }) => String(version));
    const two = [...states].find(([, same]) => new Set(same.map(({ state }) => state)).size > 1);
    return two ? [`${name}: version ${two[0]} has two states`] : [];
  };
  return [
    ...[...requests.values()].flatMap(({ id, seen }) =>
      of(
        `request ${id}`,
        seen.map(({ request }) => request),
      ),
    ),
    ...[...sessions.values()].flatMap(({ id, seen }) =>
      of(
        `session ${id}`,
        seen.map(({ session }) => session),
      ),
    ),
  ];
}
