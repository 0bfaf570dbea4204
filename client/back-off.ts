import { closedError } from './errors.ts';

export interface BackOff {
  /** Before the first repeat, doubled for each further one. */
  baseMs: number;
  capMs: number;
  /** How long a `Retry-After` may make us wait; a longer one is handed to the caller as the error. */
  patienceMs: number;
}

export const HTTP_BACK_OFF: BackOff = { baseMs: 200, capMs: 5_000, patienceMs: 30_000 };
export const SOCKET_BACK_OFF: BackOff = { baseMs: 500, capMs: 10_000, patienceMs: 60_000 };

/** Two to the 30th is far beyond every cap and still an exact number. */
const MAX_DOUBLINGS = 30;

/**
 * How long to wait before repeat number `attempt` (from 0), in milliseconds, or null when the server
 * asks for more patience than there is. Half of it is chance: thousands of clients that lost the same
 * server must not come back in step.
 */
export function delayBefore(
  attempt: number,
  backOff: BackOff,
  random: () => number,
  retryAfterSeconds: number | null = null,
): number | null {
  const full = Math.min(backOff.capMs, backOff.baseMs * 2 ** Math.min(attempt, MAX_DOUBLINGS));
  const jittered = full / 2 + (random() * full) / 2;
  if (retryAfterSeconds === null) return jittered;
  const asked = retryAfterSeconds * 1000;
  if (asked > backOff.patienceMs) return null;
  // Spread to the right only: to come before the time asked for would be refused again.
  return Math.max(jittered, asked + random() * backOff.baseMs);
}

/** @throws {ClientError} client.closed as soon as `signal` aborts */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(closedError());
    const stop = () => {
      clearTimeout(timer);
      reject(closedError());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
