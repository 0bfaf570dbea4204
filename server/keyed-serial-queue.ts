import { FoyerError } from '../contract/errors.ts';

interface Options<Item, Result> {
  /** Process these in this order; results in the order of the items. */
  run: (items: Item[]) => Promise<readonly Result[]>;
  maxItems: number;
  /** Items that wait for one key beyond this are refused with `service.unavailable`. */
  maxWaiting: number;
}

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * A keyed serial queue: items of one key are processed in the order of arrival, one run at a time, and
 * items that arrive during a run form the next one. Keys do not wait for each other. When a run fails,
 * the items that wait behind it fail too: they do not wait for the same time-out again, and nothing is
 * processed out of order.
 */
export function createKeyedSerialQueue<Item, Result>({
  run,
  maxItems,
  maxWaiting,
}: Options<Item, Result>) {
  type Entry = Waiting<Item, Result>;
  const queues = new Map<string, Entry[]>();

  async function drain(key: string, queue: Entry[]): Promise<void> {
    while (queue.length > 0) {
      const some = queue.splice(0, maxItems);
      try {
        const results = await run(some.map(({ item }) => item));
        for (const [at, { resolve }] of some.entries()) resolve(results[at] as Result);
      } catch (error) {
        for (const { reject } of [...some, ...queue.splice(0)]) reject(error);
      }
    }
    queues.delete(key);
  }

  return (key: string, item: Item): Promise<Result> =>
    new Promise((resolve, reject) => {
      const entry = { item, resolve, reject };
      const queue = queues.get(key);
      if (!queue) {
        const fresh = [entry];
        queues.set(key, fresh);
        void drain(key, fresh);
      } else if (queue.length < maxWaiting) queue.push(entry);
      else reject(new FoyerError('service.unavailable', { retryAfterSeconds: 1 }));
    });
}
