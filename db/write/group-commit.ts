import { FoyerError } from '../../contract/errors.ts';
import { isDependencyUnavailable } from '../../errors.ts';
import { groupCommitItems } from '../../metrics.ts';

/** What became of one item of a batch. */
export type Outcome<Result> = { ok: Result } | { error: unknown };

/** The item has left its batch; its caller is answered by this. */
export interface Deferred<Result> {
  deferred: Promise<Result>;
  /** Later items of its subjects wait until then. */
  keepsSubjects: boolean;
}

export interface GroupCommit<Item, Result> {
  /** Resolves when the item's own batch is durable; rejects with the item's own error. */
  submit(item: Item): Promise<Result>;
  /** Resolves when everything that was submitted before is answered. It does not wait for what comes meanwhile. */
  drain(): Promise<void>;
}

export interface GroupCommitOptions<Item, Result> {
  name: string;
  /** Write these durably, as one; outcomes in the order of the items. */
  flush: (items: Item[]) => Promise<(Outcome<Result> | Deferred<Result>)[]>;
  maxItems: number;
  /** Items waiting beyond this are refused with `service.unavailable`. */
  maxWaiting: number;
  /** How long the first item waits for company (ms), also when a batch has just ended. */
  delayMs?: number;
  /** This number of items waits for no more company. */
  enoughItems?: number;
  /** Batches in flight. While all are busy, the next one grows. */
  concurrency?: number;
  /** Size of an item in bytes, for `maxBytes`. */
  bytesOf?: (item: Item) => number;
  maxBytes?: number;
  /** An item waits while one of its subjects is in another batch. In one batch they may be together, in order. */
  subjectsOf?: (item: Item) => readonly string[];
  /** Items with the same name are never in one batch, and never in two at once. */
  aloneOf?: (item: Item) => string | undefined;
}

interface Waiting<Item, Result> {
  item: Item;
  subjects: readonly string[];
  alone: string | undefined;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

const WINDOW_MS = 6;

/**
 * Collect what arrives within a few milliseconds and write it as one. When a batch fails for a fault
 * of one item, its halves are written one after the other until the bad item fails alone; a batch
 * whose outcome is unknown is never written again.
 */
export function createGroupCommit<Item, Result>({
  name,
  flush,
  maxItems,
  maxWaiting,
  delayMs = WINDOW_MS,
  enoughItems = maxItems,
  concurrency = 2,
  bytesOf = () => 0,
  maxBytes = Number.POSITIVE_INFINITY,
  subjectsOf = () => [],
  aloneOf = () => undefined,
}: GroupCommitOptions<Item, Result>): GroupCommit<Item, Result> {
  type Entry = Waiting<Item, Result>;
  let waiting: Entry[] = [];
  /** Entries that the last look left behind for their subjects. */
  let blocked = 0;
  const busy = createCounter();
  const inFlight = new Set<Promise<void>>();
  const unanswered = new Set<Promise<Result>>();
  /** While somebody drains, no item waits for company. */
  let drains = 0;
  let timer: NodeJS.Timeout | undefined;

  /** In order of arrival; an entry that must wait keeps those of its subjects behind it. */
  function take(): Entry[] {
    const batch: Entry[] = [];
    const behind: Entry[] = [];
    const passed = new Set<string>();
    const alone = new Set<string>();
    let bytes = 0;
    let at = 0;
    for (; at < waiting.length && batch.length < maxItems; at += 1) {
      const entry = waiting[at] as Entry;
      const names = namesOf(entry);
      const mustWait =
        names.some((one) => busy.has(one) || passed.has(one)) ||
        (entry.alone !== undefined && alone.has(entry.alone));
      if (!mustWait) bytes += bytesOf(entry.item);
      if (!mustWait && bytes > maxBytes && batch.length > 0) break;
      if (mustWait) for (const one of names) passed.add(one);
      else if (entry.alone !== undefined) alone.add(entry.alone);
      (mustWait ? behind : batch).push(entry);
    }
    blocked = behind.length;
    waiting = [...behind, ...waiting.slice(at)];
    for (const entry of batch) busy.add(namesOf(entry));
    return batch;
  }

  async function write(batch: Entry[]): Promise<void> {
    groupCommitItems.observe({ group: name }, batch.length);
    try {
      const outcomes = await flush(batch.map(({ item }) => item));
      for (const [at, entry] of batch.entries()) finish(entry, outcomes[at]);
    } catch (error) {
      if (batch.length === 1 || !isFaultOfAnItem(error)) {
        for (const entry of batch) finish(entry, { error });
        return;
      }
      const half = Math.ceil(batch.length / 2);
      await write(batch.slice(0, half));
      await write(batch.slice(half));
    }
  }

  function finish(entry: Entry, outcome: Outcome<Result> | Deferred<Result> | undefined): void {
    const release = () => busy.remove(namesOf(entry));
    if (!outcome || !('deferred' in outcome)) {
      release();
      answer(entry, outcome);
      return;
    }
    if (!outcome.keepsSubjects) release();
    void outcome.deferred.then(entry.resolve, entry.reject).finally(() => {
      if (outcome.keepsSubjects) release();
      soon();
    });
  }

  function start(): void {
    clearTimeout(timer);
    timer = undefined;
    while (waiting.length > 0 && inFlight.size < concurrency) {
      const batch = take();
      if (batch.length === 0) return;
      const work = write(batch).finally(() => {
        inFlight.delete(work);
        soon();
      });
      inFlight.add(work);
    }
  }

  /** Company is waited for after a batch too: back to back, batches would stay small and many. */
  function soon(): void {
    if (waiting.length === 0 || inFlight.size >= concurrency) return;
    if (drains > 0 || waiting.length - blocked >= enoughItems) start();
    else timer ??= setTimeout(start, delayMs);
  }

  return {
    submit: (item) => {
      const answered = new Promise<Result>((resolve, reject) => {
        if (waiting.length >= maxWaiting) {
          reject(new FoyerError('service.unavailable', { retryAfterSeconds: 1 }));
          return;
        }
        const alone = aloneOf(item);
        waiting.push({ item, subjects: subjectsOf(item), alone, resolve, reject });
        soon();
      });
      const forget = () => unanswered.delete(answered);
      unanswered.add(answered);
      answered.then(forget, forget);
      return answered;
    },
    drain: async () => {
      drains += 1;
      start();
      await Promise.allSettled(unanswered);
      drains -= 1;
    },
  };
}

/** Neither an outage nor a deliberate refusal of all: `service.unavailable` says that the outcome is unknown. */
const isFaultOfAnItem = (error: unknown): boolean =>
  !(error instanceof FoyerError) && !isDependencyUnavailable(error);

const namesOf = ({ subjects, alone }: Pick<Waiting<unknown, unknown>, 'subjects' | 'alone'>) =>
  alone === undefined ? subjects : [...subjects, `${ALONE}${alone}`];
/** No subject begins with it. */
const ALONE = '\0';

/** How many entries in flight carry each name. */
function createCounter() {
  const counts = new Map<string, number>();
  return {
    has: (name: string) => counts.has(name),
    add(names: readonly string[]) {
      for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    },
    remove(names: readonly string[]) {
      for (const name of names) {
        const count = (counts.get(name) ?? 1) - 1;
        if (count > 0) counts.set(name, count);
        else counts.delete(name);
      }
    },
  };
}

function answer<Result>(
  entry: Pick<Waiting<unknown, Result>, 'resolve' | 'reject'>,
  outcome: Outcome<Result> | undefined,
): void {
  if (!outcome) entry.reject(new Error('the batch gave no outcome for this item'));
  else if ('error' in outcome) entry.reject(outcome.error);
  else entry.resolve(outcome.ok);
}
