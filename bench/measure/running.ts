type Stop = () => unknown;

/** What this run has started, in that order. */
const running = new Set<Stop>();

/** Remember how to end something; calling the returned function ends it, once. */
export function keep(stop: Stop): () => Promise<void> {
  running.add(stop);
  return async () => {
    if (running.delete(stop)) await stop();
  };
}

/** End whatever still runs, the youngest first: after an error or a signal. */
export async function endAll(): Promise<void> {
  for (const stop of [...running].reverse()) {
    running.delete(stop);
    await Promise.resolve()
      .then(stop)
      .catch(() => {});
  }
}

/** A bench that is told to stop leaves no process behind. */
export function endOnSignals(): void {
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => void endAll().finally(() => process.exit(130)));
  }
}
