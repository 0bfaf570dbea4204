import type { Violation } from './invariants.ts';
import { percentile, type Tally } from './tally.ts';

/** The maximum number of violations shown. A broken server violates everything at once. */
const SHOWN_BREACHES = 20;

type Row = [name: string, value: string];

/** The report of a run: a table and the violations. */
export function report(
  tally: Tally,
  waiting: number,
  unasked: number,
  violations: readonly Violation[],
): string {
  const ms = (part: number): string => {
    const value = percentile(tally.waits, part);
    return value === null ? '-' : `${Math.round(value)} ms`;
  };
  const counts = (name: string, map: Map<string, number>): Row[] =>
    [...map].sort((a, b) => b[1] - a[1]).map(([key, n]) => [`${name} ${key}`, String(n)]);
  const rows: Row[] = [
    ['learners', String(tally.arrived)],
    ['joined', String(tally.joined)],
    ['matched', String(tally.matched)],
    ['waiting at the end', String(waiting)],
    ['lost patience', String(tally.impatient)],
    ['expired', String(tally.expired)],
    ['wait p50', ms(0.5)],
    ['wait p90', ms(0.9)],
    ['wait p99', ms(0.99)],
    ['sessions', String(tally.sessions.size)],
    ...counts('session', tally.ends),
    ['signals', String(tally.signals)],
    ['feedback', String(tally.feedback)],
    ...counts('error', tally.errors),
    ...(tally.late > 0 ? [['pushes after a newer one', String(tally.late)] as Row] : []),
    ...(unasked > 0 ? [['could not be asked at the end', String(unasked)] as Row] : []),
    ['broken invariants', String(violations.length)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value.padStart(9)}`);
  const shown = violations
    .slice(0, SHOWN_BREACHES)
    .map(({ rule, detail }) => `  ${rule}: ${detail}`);
  const more = violations.length - shown.length;
  return [...table, ...shown, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n');
}
