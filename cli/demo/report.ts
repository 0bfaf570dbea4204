import type { Row, Violation } from './demo-domain.ts';

/** How many violations are printed. A broken server violates everything at once. */
const SHOWN_VIOLATIONS = 20;

/** The report of a run: a table, and the violations. */
export function report(rows: readonly Row[], violations: readonly Violation[]): string {
  const all: Row[] = [...rows, ['broken invariants', String(violations.length)]];
  const width = Math.max(...all.map(([name]) => name.length));
  const table = all.map(([name, value]) => `  ${name.padEnd(width)}  ${value.padStart(9)}`);
  const shown = violations
    .slice(0, SHOWN_VIOLATIONS)
    .map(({ rule, detail }) => `  ${rule}: ${detail}`);
  const more = violations.length - shown.length;
  return [...table, ...shown, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n');
}

/** One row for each key, most frequent first. */
export const countRows = (name: string, counts: ReadonlyMap<string, number>): Row[] =>
  [...counts].sort((a, b) => b[1] - a[1]).map(([key, n]) => [`${name} ${key}`, String(n)]);
