export type Verdict = 'ok' | 'warn' | 'fail';

export interface Finding {
  verdict: Verdict;
  what: string;
  /** How to fix it. */
  fix?: string;
}

export const ok = (what: string): Finding => ({ verdict: 'ok', what });
export const warn = (what: string, fix: string): Finding => ({ verdict: 'warn', what, fix });
export const fail = (what: string, fix: string): Finding => ({ verdict: 'fail', what, fix });

export const show = ({ verdict, what, fix }: Finding): string =>
  `${verdict.padEnd(5)} ${what}${fix ? ` → ${fix}` : ''}`;

const WARN_MS = 500;
const FAIL_MS = 5_000;

/** Deadlines use one clock, but logs and tokens suffer from clock skew between machines. */
export function clockFinding(name: string, differenceMs: number): Finding {
  const text = `the clock of ${name} differs from the local clock by ${Math.round(differenceMs)} ms`;
  const fix = 'run chrony or systemd-timesyncd on both machines';
  const distance = Math.abs(differenceMs);
  if (distance > FAIL_MS) return fail(text, fix);
  return distance > WARN_MS ? warn(text, fix) : ok(text);
}
