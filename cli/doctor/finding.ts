export type Verdict = 'ok' | 'warn' | 'fail';

export interface Finding {
  verdict: Verdict;
  what: string;
  /** How to mend it. */
  mend?: string;
}

export const ok = (what: string): Finding => ({ verdict: 'ok', what });
export const warn = (what: string, mend: string): Finding => ({ verdict: 'warn', what, mend });
export const fail = (what: string, mend: string): Finding => ({ verdict: 'fail', what, mend });

export const show = ({ verdict, what, mend }: Finding): string =>
  `${verdict.padEnd(5)} ${what}${mend ? ` → ${mend}` : ''}`;

const WARN_MS = 500;
const FAIL_MS = 5_000;

/** Deadlines are counted in one clock; logs and tokens suffer when the machines disagree. */
export function clockFinding(name: string, differenceMs: number): Finding {
  const text = `clock of ${name} differs from ours by ${Math.round(differenceMs)} ms`;
  const mend = 'run chrony or systemd-timesyncd on both machines';
  const distance = Math.abs(differenceMs);
  if (distance > FAIL_MS) return fail(text, mend);
  return distance > WARN_MS ? warn(text, mend) : ok(text);
}
