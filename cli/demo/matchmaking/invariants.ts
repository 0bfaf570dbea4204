import type { History } from './history.ts';
import { gather } from './rules/facts.ts';
import { orderRespected } from './rules/order.ts';
import { endedOrWaits, endsOnce, versionsGoForward } from './rules/requests.ts';
import {
  compatibleBothWays,
  knownToBoth,
  noSelfMatch,
  oneLiveSession,
  oppositeSides,
  practiceLanguage,
  type Rule,
} from './rules/sessions.ts';
import { signalsFromPartner, signalsInOrder, signalsNotLost } from './rules/signals.ts';

/** The invariants of matchmaking that clients can check. */
export const rules = {
  'nobody in two live sessions': oneLiveSession,
  'no self-match': noSelfMatch,
  'both sides have the same session': knownToBoth,
  'opposite roles and politeness': oppositeSides,
  'compatible in both directions': compatibleBothWays,
  'the language of the person who waited longer': practiceLanguage,
  'no request ends twice': endsOnce,
  'every request ended or waits': endedOrWaits,
  'order among compatible people': orderRespected,
  'versions never go back': versionsGoForward,
  'signals only from the partner': signalsFromPartner,
  'signals in order, each once': signalsInOrder,
  'no signal is lost': signalsNotLost,
} satisfies Record<string, Rule>;
export type RuleName = keyof typeof rules;

export interface Violation {
  rule: RuleName;
  detail: string;
}

/** Every violation that the history proves; an empty list says that none was seen. */
export function findViolations(history: History): Violation[] {
  const facts = gather(history);
  return (Object.keys(rules) as RuleName[]).flatMap((rule) =>
    rules[rule](facts).map((detail) => ({ rule, detail })),
  );
}
