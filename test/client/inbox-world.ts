import sinon from 'sinon';
import { createOrderedInbox } from '../../client/ordered-inbox.ts';

export interface Message {
  seq: number;
  text: string;
}
type Event = { text: string } | { lost: true };

interface WorldOptions {
  /** Entries that the log of the server keeps. */
  kept?: number;
  maxItems?: number;
  /** How long a delivery takes. */
  deliverMs?: number;
  /** From a question to when the server answers it, and again until the answer arrives. */
  pathMs?: number;
}

/** One ordered log of a server, one reader of it, and the network between them, on a clock of its own. */
export function createInboxWorld({
  kept = 256,
  maxItems = 256,
  deliverMs = 0,
  pathMs = 5,
}: WorldOptions = {}) {
  const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  let log: (Message & { isMine: boolean })[] = [];
  let seq = 1_000;
  let texts = 0;
  const state = { isAway: false, sending: 0 };
  /** What followed what, as the reader saw it. */
  const events: Event[] = [];
  const asked: number[] = [];
  const errors: unknown[] = [];
  /** The oldest seq that the reader could read when it began. */
  let began: number | null = null;

  const inbox = createOrderedInbox<Message>({
    ask: async (afterSeq) => {
      asked.push(afterSeq);
      await later(pathMs);
      if (state.isAway) throw new Error('away');
      const items = log.filter((one) => one.seq > afterSeq && !one.isMine);
      const answer = { items, firstSeq: seq - log.length + 1, headSeq: seq };
      await later(pathMs);
      if (state.isAway) throw new Error('away');
      began ??= answer.firstSeq;
      return answer;
    },
    deliver: async ({ text }) => {
      events.push({ text });
      if (deliverMs > 0) await later(deliverMs);
    },
    onLost: () => void events.push({ lost: true }),
    onError: (error) => errors.push(error),
    isSending: () => state.sending > 0,
    maxItems,
  });

  function append(isMine: boolean): Message {
    seq += 1;
    texts += 1;
    const message = { seq, text: `${texts}`, isMine };
    log = [...log, message].slice(-kept);
    return message;
  }

  return {
    inbox,
    clock,
    state,
    events,
    asked,
    errors,
    texts: () => events.flatMap((event) => ('text' in event ? [event.text] : [])),
    head: () => seq,
    began: () => began ?? Number.POSITIVE_INFINITY,
    /** The partner's next message; each delay is one push of it. */
    say(...delaysMs: number[]): Message {
      const message = append(false);
      for (const ms of delaysMs) void later(ms).then(() => !state.isAway && inbox.push(message));
      return message;
    },
    /** A message of the reader; null: its acknowledgement is lost. */
    sayMine(delayMs: number | null): void {
      state.sending += 1;
      const message = append(true);
      void later(delayMs ?? 50).then(() => {
        state.sending -= 1;
        if (delayMs !== null) inbox.skip(message.seq);
      });
    },
    /** Redis lost its memory. */
    flush(): void {
      log = [];
      seq += 1_000;
    },
    /** Redis lost its last entries alone. */
    loseEnd(count: number): void {
      log = log.slice(0, -count);
      seq -= count;
    },
    close(): void {
      inbox.close();
      clock.restore();
    },
  };
}
