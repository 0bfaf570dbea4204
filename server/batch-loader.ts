import DataLoader from 'dataloader';

/** Statements at once; while all are under way, the next one grows. */
const IN_FLIGHT = 2;
const MAX_IDS = 500;

/**
 * Calls in one turn of the event loop, or while earlier reads are under way, are answered by one
 * statement. Nothing is cached: every answer is read after its call.
 */
export function createBatchLoader<Found>(
  read: (ids: readonly string[]) => Promise<ReadonlyMap<string, Found>>,
): (id: string) => Promise<Found | undefined> {
  const due: (() => void)[] = [];
  let running = 0;

  function start(): void {
    while (running < IN_FLIGHT && due.length > 0) {
      running += 1;
      due.shift()?.();
    }
  }
  async function readBatch(ids: readonly string[]): Promise<(Found | undefined)[]> {
    try {
      const found = await read([...new Set(ids)]);
      return ids.map((id) => found.get(id));
    } finally {
      running -= 1;
      start();
    }
  }
  const loader = new DataLoader<string, Found | undefined>(readBatch, {
    cache: false,
    maxBatchSize: MAX_IDS,
    // A batch takes more ids until it is dispatched, so one that waits for its turn grows.
    batchScheduleFn: (dispatch) => {
      setImmediate(() => {
        due.push(dispatch);
        start();
      });
    },
  });
  return (id) => loader.load(id);
}
