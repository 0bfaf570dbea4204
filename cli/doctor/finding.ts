export type Verdict = 'ok' | 'warn' | 'fail';

export interface Finding {
  verdict: Verdict;
  what: string;
  /** How to fix it. */
  mend?: string;
}

export const ok = (what: string): Finding => ({ verdict: 'ok', what });
export const warn = (what: string, mend: string): Finding => ({ verdict: 'warn', what, mend });
export const fail = (what: string, mend: string): Finding => ({ verdict: 'fail', what, mend });

export const show = ({ verdict, what, mend }: Finding): string =>
  `${verdict.padEnd(5)} ${what}${mend ? ` → ${mend}` : ''}`;

const WARN_MS = 500;
const FAIL_MS = 5_000;

/** Deadlines use one clock, but logs and tokens suffer from clock skew between machines. */
export function clockFinding(name: string, differenceMs: number): Finding {
  const text = `the clock of ${name} differs from the local clock by ${Math.round(differenceMs)} ms`;
  const mend = 'run chrony or systemd-timesyncd on both machines';
  const distance = Math.abs(differenceMs);
  if (distance > FAIL_MS) return fail(text, mend);
  return distance > WARN_MS ? warn(text, mend) : ok(text);
}
