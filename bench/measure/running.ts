type Stop = () => unknown;

/** The cleanup functions of this run, in start order. */
const running = new Set<Stop>();

/** Registers a cleanup function. The returned function runs it once. */
export function keep(stop: Stop): () => Promise<void> {
  running.add(stop);
  return async () => {
    if (running.delete(stop)) await stop();
  };
}

/** Stops everything that still runs, latest first, after an error or a signal. */
export async function endAll(): Promise<void> {
  for (const stop of [...running].reverse()) {
    running.delete(stop);
    await Promise.resolve()
      .then(stop)
      .catch(() => {});
  }
}

/** Stops everything on a signal. */
export function endOnSignals(): void {
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => void endAll().finally(() => process.exit(130)));
  }
}
