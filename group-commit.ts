import { FoyerError, isDependencyUnavailable } from './errors.ts';
import { groupCommitItems } from './metrics.ts';

/** What became of one item of a batch. */
export type Outcome<Result> = { ok: Result } | { error: unknown };

export interface GroupCommit<Item, Result> {
  /** Resolves when the item's own batch is durable; rejects with the item's own error. */
  submit(item: Item): Promise<Result>;
  /** Resolves when nothing is waiting or being written. */
  drain(): Promise<void>;
}

interface Options<Item, Result> {
  name: string;
  /** Write these durably, as one; outcomes in the order of the items. */
  flush: (items: Item[]) => Promise<Outcome<Result>[]>;
  maxItems: number;
  /** Items waiting beyond this are refused with `service.unavailable`. */
  maxWaiting: number;
  /** How long the first item waits for company (ms). */
  delayMs?: number;
  /** Batches in flight. While all are busy, the next one grows. */
  concurrency?: number;
  /** Size of an item in bytes, for `maxBytes`. */
  bytesOf?: (item: Item) => number;
  maxBytes?: number;
}

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Collect what arrives within a few milliseconds and write it as one. When a batch fails as a whole
 * for a fault of one item, its items are written one by one, so that a bad one fails alone.
 */
export function createGroupCommit<Item, Result>({
  name,
  flush,
  maxItems,
  maxWaiting,
  delayMs = 1,
  concurrency = 2,
  bytesOf = () => 0,
  maxBytes = Number.POSITIVE_INFINITY,
}: Options<Item, Result>): GroupCommit<Item, Result> {
  const waiting: Waiting<Item, Result>[] = [];
  const inFlight = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;

  function take(): Waiting<Item, Result>[] {
    let count = 0;
    for (let bytes = 0; count < waiting.length && count < maxItems; count += 1) {
      const next = waiting[count];
      bytes += next ? bytesOf(next.item) : 0;
      if (bytes > maxBytes && count > 0) break;
    }
    return waiting.splice(0, count);
  }

  async function write(batch: Waiting<Item, Result>[]): Promise<void> {
    groupCommitItems.observe({ group: name }, batch.length);
    try {
      const outcomes = await flush(batch.map(({ item }) => item));
      for (const [at, one] of batch.entries()) settle(one, outcomes[at]);
    } catch (error) {
      if (batch.length === 1 || isDependencyUnavailable(error)) {
        for (const one of batch) one.reject(error);
        return;
      }
      for (const one of batch) await write([one]);
    }
  }

  function start(): void {
    clearTimeout(timer);
    timer = undefined;
    while (waiting.length > 0 && inFlight.size < concurrency) {
      const work = write(take()).finally(() => {
        inFlight.delete(work);
        start();
      });
      inFlight.add(work);
    }
  }

  return {
    submit: (item) =>
      new Promise<Result>((resolve, reject) => {
        if (waiting.length >= maxWaiting) {
          reject(new FoyerError('service.unavailable', { retryAfterSeconds: 1 }));
          return;
        }
        waiting.push({ item, resolve, reject });
        if (waiting.length >= maxItems) start();
        else if (inFlight.size < concurrency) timer ??= setTimeout(start, delayMs);
      }),
    drain: async () => {
      while (waiting.length > 0 || inFlight.size > 0) {
        start();
        await Promise.allSettled(inFlight);
      }
    },
  };
}

function settle<Result>(one: Waiting<unknown, Result>, outcome: Outcome<Result> | undefined): void {
  if (!outcome) one.reject(new Error('the batch gave no outcome for this item'));
  else if ('error' in outcome) one.reject(outcome.error);
  else one.resolve(outcome.ok);
}
