import type { RedisClient } from '../../redis.ts';
import { script } from '../../script.ts';

const appendScript = script(new URL('./append-entries.lua', import.meta.url));
const readScript = script(new URL('./read-stream.lua', import.meta.url));

/** About how many entries a stream keeps. */
export const STREAM_ENTRIES = 100_000;

/** The Redis Stream of the log of a queue, for workers outside. */
export const streamOf = (queueId: string): string => `tickets:{${queueId}}:events`;

/** For each consumer group the seq after which it goes on: everything up to it was acknowledged. */
export type Groups = Readonly<Record<string, number>>;

/** A stream as Redis has it. */
export interface StreamState {
  /** The seq of its newest entry; 0 when there is no stream. */
  last: number;
  groups: Groups;
}

/** An entry of the log, as the stream gets it. */
export interface StreamEntry {
  seq: number;
  /** `ticket.called` and so on. */
  type: string;
  /** ISO 8601. */
  at: string;
  /** JSON. */
  ticket: string;
}

/** Where a stream ends, and where its groups go on. */
export async function readStream(redis: RedisClient, queueId: string): Promise<StreamState> {
  const [last, ...groups] = (await readScript(redis, [streamOf(queueId)], [])) as unknown[];
  const pairs: [string, number][] = [];
  for (let at = 0; at < groups.length; at += 2)
    pairs.push([String(groups[at]), Number(groups[at + 1])]);
  return { last: Number(last), groups: Object.fromEntries(pairs) };
}

/**
 * Append entries in one script, if the stream ends at `expected`. The id of an entry is `<seq>-0`.
 * @returns the seq at which the stream ends now: of the last entry, or another one when nothing was appended
 */
export const appendEntries = async (
  redis: RedisClient,
  queueId: string,
  expected: number,
  entries: readonly StreamEntry[],
): Promise<number> =>
  Number(
    await appendScript(
      redis,
      [streamOf(queueId)],
      [
        ...[expected, STREAM_ENTRIES, queueId],
        ...entries.flatMap(({ seq, type, at, ticket }) => [seq, type, at, ticket]),
      ],
    ),
  );

/** Create the missing groups of a lost stream. An existing group is moved only if the stream is empty. */
export async function restoreGroups(
  redis: RedisClient,
  queueId: string,
  groups: Groups,
  { last, groups: present }: StreamState,
): Promise<void> {
  const key = streamOf(queueId);
  for (const [name, seq] of Object.entries(groups)) {
    const known = present[name];
    if (known === undefined) await createGroup(redis, key, name, seq);
    // A worker was faster, and knows nothing of what it has done before.
    else if (last === 0 && known < seq) await redis.xgroup('SETID', key, name, `${seq}-0`);
  }
}

async function createGroup(redis: RedisClient, key: string, name: string, seq: number) {
  try {
    await redis.xgroup('CREATE', key, name, `${seq}-0`, 'MKSTREAM');
  } catch (error) {
    // A worker creates its group at this moment too.
    if (!(error instanceof Error) || !error.message.startsWith('BUSYGROUP')) throw error;
  }
}
