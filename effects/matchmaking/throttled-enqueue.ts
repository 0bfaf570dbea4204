import type { Enqueue } from '../../jobs/enqueue.ts';
import { matchPass } from '../../jobs/matchmaking.ts';

/** Passes of one pool that are requested within this time become one job. */
const WINDOW_MS = 4;

export interface ThrottledEnqueue {
  /** Returns at once. A pass of a pool that is already requested is not enqueued again. */
  tryEnqueue: Enqueue;
  /** Resolves when every job requested before is written, or lost. */
  drain(): Promise<void>;
}

/**
 * A best-effort enqueue that no caller waits for, with a throttle on passes: under load every batch of
 * joins requests one. It never throws, because a sweep finds the work of a lost job.
 */
export function createThrottledEnqueue(tryEnqueue: Enqueue): ThrottledEnqueue {
  const running = new Set<Promise<void>>();
  const wanted = new Set<string>();

  function track(work: Promise<void>): void {
    running.add(work);
    work.finally(() => running.delete(work));
  }
  const throttled: Enqueue = async (job, payload, options) => {
    if (job.name !== matchPass.name) {
      track(tryEnqueue(job, payload, options));
      return;
    }
    const { pool } = matchPass.payload.parse(payload);
    if (wanted.has(pool)) return;
    wanted.add(pool);
    const window = new Promise<void>((resolve) => setTimeout(resolve, WINDOW_MS));
    track(
      window.then(() => {
        wanted.delete(pool);
        return tryEnqueue(job, payload, options);
      }),
    );
  };
  return {
    tryEnqueue: throttled,
    async drain() {
      await Promise.allSettled(running);
    },
  };
}
