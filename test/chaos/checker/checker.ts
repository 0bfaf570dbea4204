import type { History, Rule, SeenEvent, Violation } from './history.ts';

/** What a domain gives to have its histories checked, minimised and explained. */
export interface Checker<Seen extends SeenEvent, H extends History<Seen>> {
  rules: Readonly<Record<string, Rule<H>>>;
  /** The history of these people alone. */
  ofPeople(history: H, people: ReadonlySet<string>): H;
  /** One line for what a client did or saw. */
  describe(seen: Seen): string;
  /** Columns that tell a reader nothing. */
  unshown: ReadonlySet<string>;
}

export const check = <H>(rules: Readonly<Record<string, Rule<H>>>, history: H): Violation[] =>
  Object.keys(rules).flatMap((rule) => checkBy(rules, rule, history));

export const checkBy = <H>(
  rules: Readonly<Record<string, Rule<H>>>,
  rule: string,
  history: H,
): Violation[] => (rules[rule]?.(history) ?? []).map((violation) => ({ rule, ...violation }));
