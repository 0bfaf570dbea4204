/** One piece of work to try again later. */
export interface Retry {
  /** Replaces the work that was scheduled before. */
  later(work: () => Promise<void>): void;
  /** Cancels the scheduled work. */
  close(): void;
}

/** Creates a retry that waits `afterMs`. */
export function createRetry(afterMs: number): Retry {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  return {
    later(work) {
      clearTimeout(timer);
      if (!closed) timer = setTimeout(() => void work(), afterMs);
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
