import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LIMIT_MS, worstOf } from './recovery.ts';
import type { FaultReport, Outcome } from './run.ts';

const folder = fileURLToPath(new URL('../../.tmp/chaos/', import.meta.url));
/** Effects of a fault on clients end shortly after the recovery. */
const spanOf = ({ from, until, recovery }: FaultReport): [from: number, until: number] => [
  from,
  until + Math.min(LIMIT_MS, worstOf(recovery)) + 500,
];

/** The report: a table of the faults, stats of the run, and the violations. */
export function describe(outcome: Outcome): string {
  const { faults, violations, late, from, until, loads, seed } = outcome;
  const observed = loads.map(({ load }) => load.observed(from, until));
  const stats = Object.assign({}, ...loads.map(({ load }) => load.stats()));
  const lines = [
    `seed ${seed}, ${Math.round((until - from) / 1000)} s, ${faults.length} faults`,
    row(['fault', 'at', 'lasted', 'ready', 'probe', 'backlog', 'busy', 'cut off', 'errors']),
    ...faults.map((fault) => row(faultRow(fault, outcome))),
    `clients: ${JSON.stringify({ ...stats, ...merge(observed) })}`,
    ...loads.map(
      ({ domain }) => `${domain.name}: ${JSON.stringify(domain.counts(outcome.changes, from))}`,
    ),
    ...late.map((name) => `TOO LATE (limit ${seconds(LIMIT_MS)}): ${name}`),
    ...faults.flatMap(({ name, recovery }) =>
      recovery.problems.map((what) => `  ${name}: ${what}`),
    ),
    ...violations.flatMap(({ invariant, lines: found }) => [
      `BROKEN: ${invariant} (${found.length})`,
      ...found.slice(0, 10).map((line) => `  ${line}`),
    ]),
    failed(outcome) ? 'failed' : 'all invariants held',
  ];
  return lines.join('\n');
}

export const failed = ({ violations, late }: Outcome): boolean =>
  violations.length > 0 || late.length > 0;

const WIDTHS = [34, 8, 8, 8, 8, 8, 6, 8];
const row = (cells: string[]) => cells.map((cell, at) => cell.padEnd(WIDTHS[at] ?? 0)).join(' ');
const seconds = (ms: number | null) =>
  ms !== null && Number.isFinite(ms) ? `${(ms / 1000).toFixed(1)} s` : 'never';

function faultRow(fault: FaultReport, { from, loads }: Outcome): string[] {
  const { readyMs, probeMs, backlogMs, pressure } = fault.recovery;
  const observed = merge(loads.map(({ load }) => load.observed(...spanOf(fault))));
  const errors = Object.entries(observed.errors).map(([code, count]) => `${code} ${count}`);
  return [
    ...[fault.name, seconds(fault.from - from), seconds(fault.until - fault.from)],
    ...[readyMs, probeMs, backlogMs].map(seconds),
    pressure === null ? '' : `${Math.round(pressure * 100)} %`,
    ...[String(observed.disconnects), errors.join(', ')],
  ];
}

function merge(all: ReturnType<Outcome['loads'][number]['load']['observed']>[]) {
  const errors: Record<string, number> = {};
  for (const one of all)
    for (const [code, count] of Object.entries(one.errors))
      errors[code] = (errors[code] ?? 0) + count;
  return {
    disconnects: all.reduce((sum, one) => sum + one.disconnects, 0),
    errors,
    slowestAckMs: Math.max(0, ...all.map(({ slowestAckMs }) => slowestAckMs)),
  };
}

const countsOf = ({ loads, changes, from }: Outcome) =>
  Object.fromEntries(loads.map(({ domain }) => [domain.name, domain.counts(changes, from)]));

/** The machine-readable report, with the history if there are violations. */
export function write(outcome: Outcome): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `seed-${outcome.seed}.json`);
  const { seed, faults, violations, late, from, until, loads, changes } = outcome;
  const report = {
    ...{ seed, from, until, violations, late, counts: countsOf(outcome) },
    faults: faults.map((one) => ({
      ...{ ...one, worstMs: worstOf(one.recovery) },
      observed: merge(loads.map(({ load }) => load.observed(...spanOf(one)))),
    })),
    clients: merge(loads.map(({ load }) => load.observed(from, until))),
    ...(failed(outcome) ? { changes } : {}),
  };
  writeFileSync(file, JSON.stringify(report, null, 1));
  return file;
}
