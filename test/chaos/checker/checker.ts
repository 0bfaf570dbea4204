import type { History, Rule, Violation } from './history.ts';
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
} satisfies Record<string, Rule>;
export type RuleName = keyof typeof rules;

export const check = (history: History): Violation[] =>
  (Object.keys(rules) as RuleName[]).flatMap((rule) => judgeBy(rule, history));

export const judgeBy = (rule: RuleName, history: History): Violation[] =>
  rules[rule](history).map((violation) => ({ rule, ...violation }));
