import type { Change } from '../audit.ts';
import type { Seen } from '../domains/matchmaking/record.ts';
import type { History, Violation } from './history.ts';
import { minimise } from './minimise.ts';

/** A violated rule usually has many violations; the first few are enough. */
const SHOWN = 3;
const MOST_LINES = 40;

/** All violations, with the shortest history for the first few of each rule. */
export function explain(history: History, violations: readonly Violation[]): string[] {
  const told = new Map<string, number>();
  return violations.flatMap((violation) => {
    const before = told.get(violation.rule) ?? 0;
    told.set(violation.rule, before + 1);
    const line = `${violation.rule}: ${violation.detail}`;
    return before < SHOWN ? [[line, ...scenario(minimise(history, violation))].join('\n')] : [line];
  });
}

function scenario({ changes, seen, faults }: History): string[] {
  const events = [
    ...changes.map((change) => ({ at: change.at, text: ofChange(change) })),
    ...seen.map((one) => ({ at: one.at, text: ofSeen(one) })),
  ].sort((a, b) => a.at - b.at);
  const [first, last] = [events[0]?.at ?? 0, events.at(-1)?.at ?? 0];
  const near = faults.filter(({ from, until }) => until > first - 15_000 && from < last + 1_000);
  const all = [
    ...events,
    ...near.flatMap(({ kind, target, from, until }) => [
      { at: from, text: `  fault: ${kind} ${target}` },
      { at: until, text: `  fault over: ${kind} ${target}` },
    ]),
  ].sort((a, b) => a.at - b.at);
  const lines = all.map(({ at, text }) => `    ${clock(at)}  ${text}`);
  const more = lines.length - MOST_LINES;
  return more > 0 ? [...lines.slice(0, MOST_LINES), `    and ${more} more`] : lines;
}

const clock = (at: number) => new Date(at).toISOString().slice(11, 23);

function ofChange({ tx, table, op, row }: Change): string {
  const shown = Object.entries(row)
    .filter(([key, value]) => value !== null && !DULL.has(key))
    .map(([key, value]) => `${key}=${Array.isArray(value) ? value.join('+') : value}`);
  return `tx ${tx} ${op.toLowerCase()} ${table} ${shown.join(' ')}`;
}
const DULL = new Set(['created_at', 'changed_at', 'data', 'pool', 'accept_by', 'topics']);

function ofSeen(one: Seen): string {
  const who = `  ${one.userId}`;
  if (one.kind === 'status')
    return `${who} ${one.connected ? 'connected to' : 'cut off from'} server-${one.server + 1}`;
  const { request, session } = one;
  const facts = [
    request && `request ${request.id}@${request.version} ${request.state}`,
    session && `session ${session.id}@${session.version} ${session.state}`,
  ].filter(Boolean);
  if (one.kind === 'saw') return `${who} ${one.converged ? 'holds' : 'hears'} ${facts.join(', ')}`;
  const asked = `${one.command}, asked ${clock(one.sentAt)}`;
  return `${who} ${asked}: ${one.error ?? 'done'} ${one.otherId ?? ''}${facts.join(', ')}`;
}
