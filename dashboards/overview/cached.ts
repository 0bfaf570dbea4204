/**
 * Caches the result of `ask` for `ms` milliseconds and runs one call at a time, so that ten open tabs
 * cost as much as one. A failure is cached just as long, so that an unavailable store does not get
 * more queries than an available one.
 */
export function cached<T>(
  ms: number,
  ask: () => Promise<T>,
  nowMs: () => number = () => performance.now(),
): () => Promise<T> {
  let known: { answer: Promise<T>; until: number } | undefined;
  let running: Promise<T> | undefined;
  return () => {
    if (running) return running;
    if (known && nowMs() < known.until) return known.answer;
    const answer = ask();
    running = answer;
    const finish = () => {
      known = { answer, until: nowMs() + ms };
      running = undefined;
    };
    answer.then(finish, finish);
    return answer;
  };
}
