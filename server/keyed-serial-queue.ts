import { FoyerError } from '../contract/errors.ts';

interface Options<Item, Result> {
  /** Do these, in this order; results in the order of the items. */
  run: (items: Item[]) => Promise<readonly Result[]>;
  maxItems: number;
  /** Items waiting in one lane beyond this are refused with `service.unavailable`. */
  maxWaiting: number;
}

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Lanes by name: what enters one is done in the order in which it came, one run at a time; what comes
 * meanwhile is the next run. Lanes do not wait for each other. A run that fails takes along what
 * waits behind it: nobody waits for the same time-out twice, and nothing overtakes what came before.
 */
export function createKeyedSerialQueue<Item, Result>({
  run,
  maxItems,
  maxWaiting,
}: Options<Item, Result>) {
  type Entry = Waiting<Item, Result>;
  const lanes = new Map<string, Entry[]>();

  async function drive(name: string, lane: Entry[]): Promise<void> {
    while (lane.length > 0) {
      const some = lane.splice(0, maxItems);
      try {
        const results = await run(some.map(({ item }) => item));
        for (const [at, { resolve }] of some.entries()) resolve(results[at] as Result);
      } catch (error) {
        for (const { reject } of [...some, ...lane.splice(0)]) reject(error);
      }
    }
    lanes.delete(name);
  }

  return (name: string, item: Item): Promise<Result> =>
    new Promise((resolve, reject) => {
      const entry = { item, resolve, reject };
      const lane = lanes.get(name);
      if (!lane) {
        const fresh = [entry];
        lanes.set(name, fresh);
        void drive(name, fresh);
      } else if (lane.length < maxWaiting) lane.push(entry);
      else reject(new FoyerError('service.unavailable', { retryAfterSeconds: 1 }));
    });
}
