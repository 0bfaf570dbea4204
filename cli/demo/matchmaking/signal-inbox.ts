import type { Signal } from '../../../contract/matchmaking.ts';
import { rest } from '../rest.ts';
import type { Speaker } from './negotiate.ts';

const CATCH_UPS = 5;
const ENDED = ['session.bad_transition', 'session.not_found'];
let inboxes = 0;

/** All that the partner says, each once, in the order of its seq. What is missing is asked for. */
export function openInbox(speaker: Speaker, sessionId: string) {
  const { client, userId, signal: end } = speaker;
  inboxes += 1;
  const inbox = inboxes;
  /** Seqs count what both say: mine are known from their acks. */
  const mine = new Set<number>();
  let lastSeq = 0;
  /** Pushes that did not come in turn: there is more than is known. */
  let isBehind = false;
  let described = false;
  let asking = false;
  let wake = () => {};

  function take({ seq, from, description, candidate }: Signal): void {
    if (seq <= lastSeq) return;
    lastSeq = seq;
    described ||= description !== undefined;
    const text = description?.sdp ?? candidate?.candidate ?? '';
    const [, taken = '', number] = text.split(' ');
    speaker.onHeard({
      ...{ sessionId, userId, from, seq },
      ...{ stream: `${inbox} ${taken}`, number: Number(number) },
    });
    wake();
  }
  function isNext(seq: number): boolean {
    if (seq <= lastSeq) return false;
    for (let at = lastSeq + 1; at < seq; at += 1) if (!mine.has(at)) return false;
    return true;
  }
  async function catchUp(): Promise<void> {
    isBehind = true;
    if (asking) return;
    asking = true;
    for (let turn = 0; turn < CATCH_UPS && isBehind; turn += 1) {
      isBehind = false;
      const ask = { sessionId, afterSeq: lastSeq };
      const told = await speaker.attempt(() => client.emit('session:resume', ask), ...ENDED);
      // The server has lost its memory, and counts from the beginning.
      if (told?.signals.some(({ seq }) => seq <= lastSeq)) {
        lastSeq = 0;
        mine.clear();
      }
      for (const signal of told?.signals ?? []) take(signal);
    }
    asking = false;
  }
  const stop = client.on('session:signal', (signal) => {
    if (signal.sessionId !== sessionId) return;
    if (isNext(signal.seq) && !asking) take(signal);
    else void catchUp();
  });
  return {
    isDescribed: () => described,
    said: (seq: number) => mine.add(seq),
    next: (ms: number) =>
      Promise.race([
        new Promise<void>((resolve) => {
          wake = resolve;
        }),
        rest(ms, end),
      ]),
    catchUp,
    close: stop,
  };
}
