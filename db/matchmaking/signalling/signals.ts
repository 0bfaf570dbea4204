import { bounds } from '../../../config.ts';
import type { Signal } from '../../../contract/matchmaking.ts';
import type { RedisClient } from '../../redis.ts';
import { createSequenceLog } from '../../sequence-log/sequence-log.ts';

export type NewSignal = Pick<Signal, 'description' | 'candidate'>;

export interface SignalPage {
  signals: Signal[];
  firstSeq: number;
  headSeq: number;
}

/** The last signals of each session, of both sides together. */
export const signalLog = createSequenceLog<NewSignal>({
  prefix: 'signals',
  maxEntries: bounds.signalsKept,
  maxBytes: bounds.signalBytesKept,
  ttlSeconds: bounds.signalSeconds,
});

/** Append signals of one sender in this order. Returns the seq of the first; the others follow it. */
export const appendSignals = (
  redis: RedisClient,
  { sessionId, from }: { sessionId: string; from: string },
  signals: readonly NewSignal[],
): Promise<number> => signalLog.append(redis, sessionId, signals, { from });

/**
 * The signals after this seq that `readerId` did not send, in order. The log is no larger than an
 * answer may be, so one answer is always complete.
 */
export async function signalsAfter(
  redis: RedisClient,
  sessionId: string,
  readerId: string,
  afterSeq: number,
): Promise<SignalPage> {
  const { items, firstSeq, headSeq } = await signalLog.readAfter(redis, sessionId, afterSeq, {
    exceptFrom: readerId,
    maxBytes: bounds.signalBytesKept,
  });
  const signals = items.map(({ seq, from, entry }) => ({
    ...{ sessionId, seq, from: from ?? '' },
    ...entry,
  }));
  return { signals, firstSeq, headSeq };
}
