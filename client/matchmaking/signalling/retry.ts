/** One piece of work that is tried again later. */
export interface Retry {
  /** Replaces what was to be tried before. */
  later(work: () => Promise<void>): void;
  /** Nothing is tried any more. */
  close(): void;
}

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
