import { readFileSync } from 'node:fs';

/**
 * The share of time since the last call in which a runnable task waited for a CPU, from 0 to 1. Null on
 * systems without this value; Linux has it.
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

/** Total in µs since boot. */
function waited(): number | null {
  try {
    const total = /^some .*total=(\d+)/m.exec(readFileSync('/proc/pressure/cpu', 'utf8'))?.[1];
    return total === undefined ? null : Number(total);
  } catch {
    return null;
  }
}
