/** Statements at once; while all are under way, the next one grows. */
const IN_FLIGHT = 2;
const MAX_IDS = 500;

interface Asker<Found> {
  id: string;
  resolve: (found: Found | undefined) => void;
  reject: (error: unknown) => void;
}

/**
 * Calls in one turn of the event loop, or while earlier reads are under way, are answered by one
 * statement. Nothing is cached: every answer is read after its call.
 */
export function createBatchLoader<Found>(
  read: (ids: readonly string[]) => Promise<ReadonlyMap<string, Found>>,
): (id: string) => Promise<Found | undefined> {
  const waiting: Asker<Found>[] = [];
  let running = 0;
  let isDue = false;

  async function run(askers: Asker<Found>[]): Promise<void> {
    try {
      const found = await read([...new Set(askers.map(({ id }) => id))]);
      for (const { id, resolve } of askers) resolve(found.get(id));
    } catch (error) {
      for (const { reject } of askers) reject(error);
    }
  }
  function start(): void {
    isDue = false;
    while (waiting.length > 0 && running < IN_FLIGHT) {
      running += 1;
      void run(waiting.splice(0, MAX_IDS)).then(() => {
        running -= 1;
        start();
      });
    }
  }

  return (id) =>
    new Promise((resolve, reject) => {
      waiting.push({ id, resolve, reject });
      if (isDue) return;
      isDue = true;
      setImmediate(start);
    });
}
