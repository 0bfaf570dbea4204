import type { Enqueue } from '../../jobs/enqueue.ts';
import { matchPass } from '../../jobs/matchmaking.ts';

/** Passes that are wanted within this time are one. */
const WINDOW_MS = 4;

export interface WakeUps {
  /** An enqueue that answers at once; a pass of a pool that is already wanted is not asked for again. */
  tryEnqueue: Enqueue;
  /** Resolves when everything that was asked for before is written, or lost. */
  drain(): Promise<void>;
}

/**
 * Take wake-ups off the path that somebody waits for, and throttle the passes: under load every batch
 * of joins wants one. Nothing here throws: a lost wake-up is found by a sweep.
 */
export function createWakeUps(tryEnqueue: Enqueue): WakeUps {
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
