import type { Enqueue } from '../../jobs/enqueue.ts';
import { TIME_OUT_LATE_MS, timeOutDue } from '../../jobs/matchmaking.ts';

/** The last second that each enqueue was asked for: under load every batch would ask for the same one. */
const lastDue = new WeakMap<Enqueue, number>();

/**
 * Schedules the check for overdue sessions: one job a second, however many sessions begin in it. A job
 * that is lost is found by the sweep.
 */
export async function enqueueTimeOut(
  tryEnqueue: Enqueue,
  seconds: number,
  requestId?: string,
): Promise<void> {
  const dueMs = Date.now() + seconds * 1000 + TIME_OUT_LATE_MS;
  const dueSecond = Math.ceil(dueMs / 1000);
  if (lastDue.get(tryEnqueue) === dueSecond) return;
  lastDue.set(tryEnqueue, dueSecond);
  const delayMs = dueSecond * 1000 - Date.now();
  await tryEnqueue(timeOutDue, { dueSecond }, { delayMs, ...(requestId ? { requestId } : {}) });
}
