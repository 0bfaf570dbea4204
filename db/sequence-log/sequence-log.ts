import type { RedisClient } from '../redis.ts';
import { script } from '../script.ts';

const appendScript = script(new URL('./append.lua', import.meta.url));
const readScript = script(new URL('./read-after.lua', import.meta.url));

export interface SequenceLogOptions {
  /** Begins the keys of every log of this kind: `{<prefix>:<id>}:…`. */
  prefix: string;
  maxEntries: number;
  /** The limit of all entries together, each with its author and a line feed. The newest is always kept. */
  maxBytes: number;
  /** A log ends this long after its last entry. */
  ttlSeconds: number;
}

export interface LogItem<Entry> {
  seq: number;
  /** Null when the entry was appended without one. */
  from: string | null;
  entry: Entry;
}

export interface LogPage<Entry> {
  /** In the order of their seqs. */
  items: LogItem<Entry>[];
  /** The seq of the oldest entry kept; `headSeq + 1` when none is. A reader whose next seq is below it has lost entries. */
  firstSeq: number;
  /** The seq of the newest entry of any author. */
  headSeq: number;
  /** `maxBytes` was reached: read on after the last item. Otherwise the reader has everything up to `headSeq`. */
  more: boolean;
}

export interface ReadOptions {
  /** Leave out the entries of this author. */
  exceptFrom?: string;
  /** The size of the answer. Its first item is always given, so that reading on makes progress. */
  maxBytes: number;
}

export interface SequenceLog<Entry> {
  /** The keys of one log. They are in one slot of a cluster. */
  keys(id: string): [entries: string, head: string];
  /**
   * Append entries of one author in this order, at least one. Returns the seq of the first; the others
   * follow it without a gap.
   */
  append(
    redis: RedisClient,
    id: string,
    entries: readonly Entry[],
    options?: { from?: string },
  ): Promise<number>;
  readAfter(
    redis: RedisClient,
    id: string,
    afterSeq: number,
    options: ReadOptions,
  ): Promise<LogPage<Entry>>;
  /** How many entries of each author are kept. It reads all of them, and creates no log. */
  countByAuthor(redis: RedisClient, id: string): Promise<ReadonlyMap<string, number>>;
}

/**
 * Short ordered logs in Redis, one for each id. Entries are JSON. Seqs of one log count by one and never
 * go back: a log that is missing (expired, or Redis lost its memory) starts above all its earlier seqs,
 * so what was lost shows as a gap. They are below 2^53 until the year 2255. Two things break this rule:
 * the clock of Redis is set back between a loss and the next entry, or Redis loses only its last second.
 * In both cases `headSeq` is below a seq that a reader has.
 */
export function createSequenceLog<Entry>({
  prefix,
  maxEntries,
  maxBytes,
  ttlSeconds,
}: SequenceLogOptions): SequenceLog<Entry> {
  const keys = (id: string): [string, string] => {
    const tag = `{${prefix}:${id}}`;
    return [`${tag}:entries`, `${tag}:head`];
  };
  return {
    keys,
    async append(redis, id, entries, { from = '' } = {}) {
      if (entries.length === 0) throw new RangeError('nothing to append');
      const lines = entries.map((entry) => `${from}\n${JSON.stringify(entry)}`);
      const bounds = [maxEntries, maxBytes, ttlSeconds];
      return Number(await appendScript(redis, keys(id), [...bounds, ...lines]));
    },
    async readAfter(redis, id, afterSeq, { exceptFrom = '', maxBytes: most }) {
      const args = [afterSeq, exceptFrom, most, ttlSeconds];
      return pageOf<Entry>((await readScript(redis, keys(id), args)) as (number | string)[]);
    },
    async countByAuthor(redis, id) {
      const counts = new Map<string, number>();
      for (const line of await redis.lrange(keys(id)[0], 0, -1)) {
        const author = String(line).split('\n', 1)[0] ?? '';
        counts.set(author, (counts.get(author) ?? 0) + 1);
      }
      return counts;
    },
  };
}

function pageOf<Entry>([firstSeq, headSeq, more, ...rest]: (number | string)[]): LogPage<Entry> {
  const items: LogItem<Entry>[] = [];
  for (let at = 0; at < rest.length; at += 2) {
    const text = String(rest[at + 1]);
    const end = text.indexOf('\n');
    const entry: Entry = JSON.parse(text.slice(end + 1));
    items.push({ seq: Number(rest[at]), from: text.slice(0, end) || null, entry });
  }
  return { items, firstSeq: Number(firstSeq), headSeq: Number(headSeq), more: more === 1 };
}
