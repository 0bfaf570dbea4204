import type { Violation } from '../demo-domain.ts';
import { missingEvents, type WebhookHistory } from './history.ts';

type Rule = (history: WebhookHistory) => string[];

const signed: Rule = ({ refusals }) => refusals;

const announced: Rule = (history) =>
  history.isComplete
    ? missingEvents(history).completed.map(
        (id) => `session ${id}: session.completed did not arrive`,
      )
    : [];
const found: Rule = (history) =>
  history.isComplete
    ? missingEvents(history).created.map((id) => `session ${id}: session.created did not arrive`)
    : [];

/** Versions never go back, in the order in which events first arrive. */
const inOrder: Rule = ({ arrivals }) => {
  const ids = new Set<string>();
  const last = new Map<string, number>();
  return arrivals.flatMap(({ id, type, sessionId, version }) => {
    if (ids.has(id) || version === null) return [];
    ids.add(id);
    const before = last.get(sessionId) ?? 0;
    last.set(sessionId, Math.max(before, version));
    return version > before
      ? []
      : [`session ${sessionId}: ${type} of version ${version} arrived after version ${before}`];
  });
};

const unchanged: Rule = ({ arrivals }) => {
  const hashes = new Map<string, string>();
  return arrivals.flatMap(({ id, hash }) => {
    const before = hashes.get(id) ?? hash;
    hashes.set(id, before);
    return before === hash ? [] : [`event ${id}: the body differs from the first one`];
  });
};

/** The rules that a receiver of webhooks can check, by the text that a violation shows. */
export const rules = {
  'every webhook is signed': signed,
  'every match is announced': found,
  'every completed call is announced': announced,
  'webhooks of a session in order': inOrder,
  'a repeated webhook is the same': unchanged,
} satisfies Record<string, Rule>;
export type RuleName = keyof typeof rules;

/** Every violation that the history proves. */
export const findViolations = (history: WebhookHistory): Violation[] =>
  (Object.keys(rules) as RuleName[]).flatMap((rule) =>
    rules[rule](history).map((detail) => ({ rule, detail })),
  );
