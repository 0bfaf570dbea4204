import { setTimeout as pause } from 'node:timers/promises';
import { FoyerError } from '../../contract/errors.ts';
import type { BatchOptions, ItemResult } from './run-batch.ts';
import { stillLocked } from './slow-queue.ts';

/** What an item is answered with in the end. */
export type Done<Result> = Extract<ItemResult<Result>, { kind: 'done' | 'replay' }>;

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 250;

/** Resolves after a pause that doubles from 5 to 250 ms. @throws {FoyerError} operation.pending when the deadline is nearer */
export async function pauseBefore(deadline: number, attempt: number): Promise<void> {
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
  if (performance.now() + pauseMs >= deadline) throw stillPending();
  await pause(pauseMs);
}

/**
 * Run a batch of one that waits for its rows, until its deadline (in the time of `performance.now()`).
 * It tries again after growing pauses while another transaction works on its key, and after a deadlock.
 * @throws {FoyerError} service.unavailable: a row stayed locked, nothing was written · operation.pending
 */
export async function runAlone<Result>(
  run: (how: BatchOptions) => Promise<ItemResult<Result>[]>,
  deadline: number,
): Promise<Done<Result>> {
  for (let attempt = 0; ; attempt += 1) {
    const lockTimeoutMs = Math.max(1, deadline - performance.now());
    const [result] = await run({ locking: 'wait', lockTimeoutMs }).catch(afterContention);
    if (result?.kind === 'done' || result?.kind === 'replay') return result;
    if (result?.kind === 'locked') throw stillLocked();
    await pauseBefore(deadline, attempt);
  }
}

/** Nothing was written. A deadlock is worth another attempt; a lock that was not free in time is not. */
function afterContention(error: unknown): [] {
  if (!isContention(error)) throw error;
  if (codeOf(error) === LOCK_TIMEOUT) throw stillLocked(error);
  return [];
}

const LOCK_TIMEOUT = '55P03';
/** lock_not_available, deadlock_detected, serialization_failure: others were faster, and nothing was written. */
export const isContention = (error: unknown): boolean =>
  [LOCK_TIMEOUT, '40P01', '40001'].includes(codeOf(error));
const codeOf = (error: unknown) => String((error as { code?: unknown } | null)?.code);

/** The first request with this key is still being worked on. */
export const stillPending = (): FoyerError => new FoyerError('operation.pending');
