import { FoyerError } from '../../contract/errors.ts';

export interface SlowQueue {
  /**
   * @param deadline in the time of `performance.now()`
   * @throws {FoyerError} service.unavailable: the queue is full, or the work did not begin in time
   */
  add<Result>(deadline: number, work: () => Promise<Result>): Promise<Result>;
}

interface Waiting {
  start: () => void;
}

/**
 * A queue for work that waits on row locks, so that other work does not wait with it. At most
 * `connections` run at once; the others run in order of arrival, each until its own deadline.
 */
export function createSlowQueue({ connections = 2, maxWaiting = 200 } = {}): SlowQueue {
  const waiting = new Set<Waiting>();
  let running = 0;

  function next(): void {
    for (const entry of waiting) {
      if (running >= connections) return;
      waiting.delete(entry);
      entry.start();
    }
  }

  return {
    add: (deadline, work) =>
      new Promise((resolve, reject) => {
        if (waiting.size >= maxWaiting) {
          reject(stillLocked());
          return;
        }
        const start = () => {
          clearTimeout(timer);
          running += 1;
          work()
            .then(resolve, reject)
            .finally(() => {
              running -= 1;
              next();
            });
        };
        const entry = { start };
        const giveUp = () => {
          waiting.delete(entry);
          reject(stillLocked());
        };
        const timer = setTimeout(giveUp, Math.max(0, deadline - performance.now()));
        waiting.add(entry);
        next();
      }),
  };
}

/** Nothing was written: the same key may be used again. */
export const stillLocked = (cause?: unknown): FoyerError =>
  new FoyerError('service.unavailable', { retryAfterSeconds: 1, cause });
