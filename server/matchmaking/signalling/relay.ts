import { bounds } from '../../../config.ts';
import { FoyerError } from '../../../contract/errors.ts';
import { appendSignals, type NewSignal } from '../../../db/matchmaking/signalling/signals.ts';
import { toPeople } from '../../../db/realtime/push.ts';
import type { ServerDeps } from '../../deps.ts';
import { createKeyedSerialQueue } from '../../keyed-serial-queue.ts';
import type { Matchmaking } from '../operations.ts';
import type { LiveSession } from './live-session.ts';

export interface Sent {
  sessionId: string;
  userId: string;
  signal: NewSignal;
  requestId: string;
}

/** Signals of one sender in one call of the script: at most a megabyte. */
const SIGNALS_AT_ONCE = 16;

/**
 * Append a signal to the log of its session, then push it to the other participant; the answer is its
 * seq. Signals of one person in one session are processed one after the other, so that they are
 * numbered and delivered in the order in which they were sent.
 * @throws {FoyerError} session.not_found · session.bad_transition · service.unavailable
 */
export function createRelay(
  { redis, push }: Pick<ServerDeps, 'redis' | 'push'>,
  matchmaking: Matchmaking,
  liveSession: LiveSession,
): (sent: Sent) => Promise<number> {
  async function run(batch: Sent[]): Promise<number[]> {
    const [head] = batch;
    if (!head) return [];
    const { sessionId, userId, requestId } = head;
    if (redis.status !== 'ready')
      throw new FoyerError('service.unavailable', { retryAfterSeconds: 1 });
    const session = await liveSession(sessionId, userId);
    if (session.state === 'matched') {
      // The step would stay although the signal was lost, so Redis must answer first.
      await redis.ping();
      await matchmaking.step({ sessionId, command: { kind: 'signal', userId } }, { requestId });
    }
    const signals = batch.map(({ signal }) => signal);
    const first = await appendSignals(redis, { sessionId, from: userId }, signals);
    const other = session.userIds.find((id) => id !== userId) ?? '';
    return signals.map((signal, at) => {
      const seq = first + at;
      push(toPeople([other]), 'session:signal', { sessionId, seq, from: userId, ...signal });
      return seq;
    });
  }
  const queue = createKeyedSerialQueue({
    run,
    maxItems: SIGNALS_AT_ONCE,
    maxWaiting: bounds.signalsKept,
  });
  return (sent) => queue(`${sent.sessionId} ${sent.userId}`, sent);
}
