import { createOrderedInbox } from '../../../client/ordered-inbox.ts';
import type { Signal } from '../../../contract/matchmaking.ts';
import { rest } from '../rest.ts';
import type { Speaker } from './speaker.ts';

export const OVER = ['session.bad_transition', 'session.not_found'];
let listenings = 0;

/**
 * Receive all signals of the partner, each once and in order. `isSending` is true while an own signal
 * waits for its seq.
 */
export function listen(speaker: Speaker, sessionId: string, isSending: () => boolean) {
  const { client, userId, signal: end } = speaker;
  listenings += 1;
  const listening = listenings;
  let isDescribed = false;
  let isAfterLoss = false;
  let wake = () => {};

  function hear({ seq, from, description, candidate }: Signal): void {
    isDescribed ||= description !== undefined;
    const text = description?.sdp ?? candidate?.candidate ?? '';
    const [, attempt = '', number] = text.split(' ');
    speaker.onHeard({
      ...{ sessionId, userId, from, seq, isAfterLoss },
      ...{ attempt: `${listening} ${attempt}`, number: Number(number) },
    });
    isAfterLoss = false;
    wake();
  }

  const inbox = createOrderedInbox<Signal>({
    ask: async (afterSeq) => {
      const question = { sessionId, afterSeq };
      const answer = await speaker.attempt(() => client.emit('session:resume', question), ...OVER);
      if (!answer) throw new Error('no answer');
      const { signals: items, firstSeq, headSeq } = answer;
      return { items, firstSeq, headSeq };
    },
    deliver: hear,
    onLost: () => {
      isAfterLoss = true;
    },
    onError: (error) => {
      throw error;
    },
    isSending,
  });
  const stop = client.on('session:signal', (signal) => {
    if (signal.sessionId === sessionId) inbox.push(signal);
  });
  return {
    isDescribed: () => isDescribed,
    /** Seqs count the signals of both; the own ones are known from their acks. */
    said: inbox.skip,
    next: (ms: number) =>
      Promise.race([
        new Promise<void>((resolve) => {
          wake = resolve;
        }),
        rest(ms, end),
      ]),
    catchUp: inbox.catchUp,
    close: () => {
      stop();
      inbox.close();
    },
  };
}
