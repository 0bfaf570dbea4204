import type { Change } from '../../../audit.ts';
import type { Checker } from '../../../checker/checker.ts';
import { clock } from '../../../checker/explain.ts';
import type { Seen } from '../record.ts';
import type { MatchHistory, MatchRule } from './history.ts';
import { ackImpliesEffect } from './rules/acks.ts';
import {
  blockedForGood,
  compatibleBothWays,
  languageOfTheOlder,
  neverApart,
  twoSides,
} from './rules/matches.ts';
import { orderRespected } from './rules/order.ts';
import { nobodyVanishes, onePlace } from './rules/places.ts';
import { absentOnlyIfAbsent, outagesCostNobody } from './rules/presence.ts';
import { legalRequests, nobodyLeftGuessing, notTooEarly } from './rules/requests.ts';
import { connectTimeGiven, endsForBoth, legalSessions } from './rules/sessions.ts';
import { nothingInvented, versionsGoForward } from './rules/views.ts';

/** The rules for every history of matchmaking. */
export const rules = {
  'nobody in two places': onePlace,
  'nobody vanishes': nobodyVanishes,
  'requests take legal steps': legalRequests,
  'nobody expires too early': notTooEarly,
  'nobody is left guessing': nobodyLeftGuessing,
  'two people, opposite sides': twoSides,
  'compatible both ways': compatibleBothWays,
  'the language of the person who waited longer': languageOfTheOlder,
  'kept apart': neverApart,
  'a block stands once it is acknowledged': blockedForGood,
  'sessions take legal steps, without a gap': legalSessions,
  'a session ends for both': endsForBoth,
  'time to connect is given': connectTimeGiven,
  'an ack implies its effect': ackImpliesEffect,
  'nothing is shown that was not committed': nothingInvented,
  'what a client holds moves on': versionsGoForward,
  'order among compatible people': orderRespected,
  'only the absent are called absent': absentOnlyIfAbsent,
  'an outage costs nobody': outagesCostNobody,
} satisfies Record<string, MatchRule>;
export type RuleName = keyof typeof rules;

/** Checks, minimises and explains a history of matchmaking. */
export const checker: Checker<Seen, MatchHistory> = {
  rules,
  ofPeople,
  describe,
  unshown: new Set(['created_at', 'changed_at', 'data', 'pool', 'accept_by', 'topics']),
};

function ofPeople(
  { changes, seen, ...rest }: MatchHistory,
  people: ReadonlySet<string>,
): MatchHistory {
  const sessions = new Set(
    changes.flatMap(({ table, row }) =>
      table === 'sessions' &&
      (people.has(String(row['practice_user_id'])) || people.has(String(row['native_user_id'])))
        ? [String(row['id'])]
        : [],
    ),
  );
  const concerns = ({ row }: Change) =>
    people.has(String(row['user_id'])) ||
    sessions.has(String(row['session_id'])) ||
    sessions.has(String(row['id']));
  return {
    ...rest,
    changes: changes.filter(concerns),
    seen: seen.filter(({ userId }) => people.has(userId)),
  };
}

function describe(one: Seen): string {
  if (one.kind === 'status')
    return `${one.connected ? 'connected to' : 'cut off from'} server-${one.server + 1}`;
  const { request, session } = one;
  const facts = [
    request && `request ${request.id}@${request.version} ${request.state}`,
    session && `session ${session.id}@${session.version} ${session.state}`,
  ].filter(Boolean);
  if (one.kind === 'saw') return `${one.converged ? 'holds' : 'hears'} ${facts.join(', ')}`;
  const asked = `${one.command}, asked ${clock(one.sentAt)}`;
  return `${asked}: ${one.error ?? 'done'} ${one.otherId ?? ''}${facts.join(', ')}`;
}
