import pTimeout from 'p-timeout';

/**
 * Resolves with the promise, or throws `late()` after a timeout in milliseconds (more than zero). The work
 * continues and may still commit, so the caller must treat the outcome as unknown.
 */
export function withTimeout<T>(ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  return pTimeout(work, {
    milliseconds: ms,
    fallback: () => {
      throw late();
    },
  });
}
