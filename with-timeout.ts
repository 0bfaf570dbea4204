/**
 * The promise, or `late()` thrown when it takes longer. The work itself goes on: what it commits
 * stands, and the caller is told that the outcome is open.
 */
export async function withTimeout<T>(ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeOut = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  try {
    return await Promise.race([work, timeOut]);
  } finally {
    clearTimeout(timer);
  }
}
