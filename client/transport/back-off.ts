import { closedError } from '../errors.ts';

export interface BackOff {
  /** Delay before the first retry. Doubles with each further retry. */
  baseMs: number;
  capMs: number;
  /** The longest accepted `Retry-After`. For a longer one, the caller gets the error. */
  patienceMs: number;
}

/** Back-off of HTTP calls. */
export const HTTP_BACK_OFF: BackOff = { baseMs: 200, capMs: 5_000, patienceMs: 30_000 };
/** Back-off of reconnects. */
export const SOCKET_BACK_OFF: BackOff = { baseMs: 500, capMs: 10_000, patienceMs: 60_000 };

/** 2^30 is larger than every cap and still exact. */
const MAX_DOUBLINGS = 30;

/**
 * The delay before retry number `attempt` (from 0) in milliseconds, or null if the server asks for more
 * than the limit. Half of the delay is random, so that thousands of clients that lost the same server do
 * not return at the same time.
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
  // Add jitter only after the requested time: an earlier retry would be rejected again.
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
