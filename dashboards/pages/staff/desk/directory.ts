import type { Client } from '../../../../client/create-client.ts';
import { isClientError } from '../../../../client/errors.ts';
import type { Counter, Queue } from '../../../../contract/tickets.ts';

/** All queues and counters. Their changes are not pushed, so they are read every few seconds. */
export interface Directory {
  /** Null until the first answer. */
  queues(): readonly Queue[] | null;
  counters(): readonly Counter[];
  /** @throws {ClientError} the server is unavailable */
  read(): Promise<void>;
  take(counter: Counter): void;
  takeQueue(queue: Queue): void;
  /** Change a counter. Someone else may have changed it since it was read: then read it and try once more. */
  change(id: string, change: CounterSettings): Promise<Counter>;
  close(): void;
}

export type CounterSettings = Partial<Pick<Counter, 'state' | 'pauseReason' | 'queueIds' | 'name'>>;

const EVERY_MS = 10_000;

export function createDirectory(client: Pick<Client, 'http'>, changed: () => void): Directory {
  let queues: readonly Queue[] | null = null;
  let counters: readonly Counter[] = [];
  let reads = 0;

  async function read(): Promise<void> {
    reads += 1;
    const mine = reads;
    const all = await Promise.all([
      pages((cursor) => client.http.listQueues({ limit: 100, ...cursor })),
      pages((cursor) => client.http.listCounters({ limit: 100, ...cursor })),
    ]);
    // What was changed meanwhile is newer than this answer.
    if (mine !== reads) return;
    [queues, counters] = all;
    changed();
  }

  const put = <T extends { id: string }>(list: readonly T[], one: T): T[] =>
    list.some(({ id }) => id === one.id)
      ? list.map((each) => (each.id === one.id ? one : each))
      : [...list, one];

  function take(counter: Counter): void {
    reads += 1;
    counters = put(counters, counter);
    changed();
  }

  async function change(id: string, settings: CounterSettings): Promise<Counter> {
    const attempt = async () => {
      const version = counters.find((one) => one.id === id)?.version ?? 1;
      return client.http.changeCounter({ id, version, ...settings });
    };
    const counter = await attempt().catch(async (error) => {
      if (!isClientError(error, 'counter.stale_version')) throw error;
      await read();
      return attempt();
    });
    take(counter);
    return counter;
  }

  const timer = setInterval(() => {
    if (queues !== null) read().catch(() => undefined);
  }, EVERY_MS);

  return {
    queues: () => queues,
    counters: () => counters,
    ...{ read, take, change },
    takeQueue: (queue) => {
      reads += 1;
      queues = put(queues ?? [], queue);
      changed();
    },
    close: () => clearInterval(timer),
  };
}

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** Every item of a list. */
async function pages<T>(read: (cursor: { cursor?: string }) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | null = null; ; ) {
    const page: Page<T> = await read(cursor === null ? {} : { cursor });
    items.push(...page.items);
    if (page.nextCursor === null) return items;
    cursor = page.nextCursor;
  }
}
