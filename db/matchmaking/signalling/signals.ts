import { bounds } from '../../../config.ts';
import type { Signal } from '../../../contract/matchmaking.ts';
import type { RedisClient } from '../../redis.ts';
import { script } from '../../script.ts';

const appendScript = script(new URL('./append-signal.lua', import.meta.url));

/** What is kept of a signal; the key says of which session. */
export type KeptSignal = Omit<Signal, 'sessionId'>;
export type NewSignal = Pick<Signal, 'description' | 'candidate'>;

/** All of a session in one slot: a log of its last signals, and how many there have been. */
export const signalKeys = (sessionId: string) => {
  const tag = `{signals:${sessionId}}`;
  return { log: `${tag}:log`, count: `${tag}:count` };
};

export interface SignalSender {
  sessionId: string;
  from: string;
  /** Of the session (ms). */
  ageMs: number;
}

/**
 * Append signals of one sender in this order. Returns the seq of the first; the others follow it
 * without a gap. The log forgets: after so many signals, so many bytes, and a while of silence.
 */
export async function appendSignals(
  redis: RedisClient,
  { sessionId, from, ageMs }: SignalSender,
  signals: readonly NewSignal[],
): Promise<number> {
  const { log, count } = signalKeys(sessionId);
  const kept = [bounds.signalsKept, bounds.signalBytesKept, bounds.signalSeconds];
  const entries = signals.map((signal) => JSON.stringify({ from, ...signal }).slice(1));
  return Number(await appendScript(redis, [log, count], [lastSeqAt(ageMs), ...kept, ...entries]));
}

/**
 * Where counting goes on when the count is gone. In a young session it can only be new, or lost with
 * the memory of Redis. In an older one it ran out in a long silence, and whoever remembers a seq of
 * before must not take the next signal for an old one: a millisecond has less than one signal, so the
 * age is above every seq that was given.
 */
const lastSeqAt = (ageMs: number) => (ageMs < bounds.signalSeconds * 1000 ? 0 : Math.floor(ageMs));

/**
 * What is kept after this seq and was not sent by `readerId`, in order. A seq that was never given is
 * one of before a loss of memory: then everything that is kept is new to the reader.
 */
export async function signalsAfter(
  redis: RedisClient,
  sessionId: string,
  readerId: string,
  afterSeq: number,
): Promise<Signal[]> {
  const entries = await redis.lrange(signalKeys(sessionId).log, 0, -1);
  const kept = entries.map((entry) => JSON.parse(entry) as KeptSignal);
  const known = afterSeq > (kept.at(-1)?.seq ?? 0) ? 0 : afterSeq;
  return kept
    .filter(({ seq, from }) => seq > known && from !== readerId)
    .map((signal) => ({ sessionId, ...signal }));
}
