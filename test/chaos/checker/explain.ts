import type { Change } from '../audit.ts';
import type { Checker } from './checker.ts';
import type { History, SeenEvent, Violation } from './history.ts';
import { minimise } from './minimise.ts';

/** A violated rule usually has many violations; the first few are enough. */
const SHOWN = 3;
const MOST_LINES = 40;

/** Each violation, and for the first few of each rule the shortest history that has it. */
export function explain<Seen extends SeenEvent, H extends History<Seen>>(
  checker: Checker<Seen, H>,
  history: H,
  violations: readonly Violation[],
): string[] {
  const told = new Map<string, number>();
  return violations.flatMap((violation) => {
    const before = told.get(violation.rule) ?? 0;
    told.set(violation.rule, before + 1);
    const line = `${violation.rule}: ${violation.detail}`;
    return before < SHOWN
      ? [[line, ...linesOf(checker, minimise(checker, history, violation))].join('\n')]
      : [line];
  });
}

function linesOf<Seen extends SeenEvent, H extends History<Seen>>(
  { describe, unshown }: Checker<Seen, H>,
  { changes, seen, faults }: H,
): string[] {
  const events = [
    ...changes.map((change) => ({ at: change.at, text: ofChange(change, unshown) })),
    ...seen.map((one) => ({ at: one.at, text: `  ${one.userId} ${describe(one)}` })),
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

export const clock = (at: number) => new Date(at).toISOString().slice(11, 23);

function ofChange({ tx, table, op, row }: Change, unshown: ReadonlySet<string>): string {
  const shown = Object.entries(row)
    .filter(([key, value]) => value !== null && !unshown.has(key))
    .map(([key, value]) => `${key}=${Array.isArray(value) ? value.join('+') : value}`);
  return `tx ${tx} ${op.toLowerCase()} ${table} ${shown.join(' ')}`;
}
