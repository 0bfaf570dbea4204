/**
 * One answer for everybody who asks within `ms`, and one question at a time: ten open tabs cost what
 * one does. A failure is kept as long as an answer would be, so that a store that is away is not
 * asked more often than one that is there.
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
