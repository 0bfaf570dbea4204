import { readFileSync } from 'node:fs';

/**
 * For how much of the time since the last look something that could run had to wait for a processor,
 * from 0 to 1; null where the system does not say (it is Linux that does).
 */
export function watchPressure(): () => number | null {
  let before = waited();
  let since = performance.now();
  return () => {
    const now = waited();
    const took = (performance.now() - since) * 1000;
    const part = before === null || now === null ? null : Math.min(1, (now - before) / took);
    before = now;
    since = performance.now();
    return part;
  };
}

/** In µs, since the start of the system. */
function waited(): number | null {
  try {
    const total = /^some .*total=(\d+)/m.exec(readFileSync('/proc/pressure/cpu', 'utf8'))?.[1];
    return total === undefined ? null : Number(total);
  } catch {
    return null;
  }
}
