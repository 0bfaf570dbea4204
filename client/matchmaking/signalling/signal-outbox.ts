import type { SignalBody } from '../../../contract/matchmaking.ts';
import { isClientError, isPassing } from '../../errors.ts';

export type SignalContent = Omit<SignalBody, 'sessionId'>;

/** A negotiation is a few dozen signals. */
const MOST_WAITING = 128;
const MOST_IN_FLIGHT = 8;

export interface OutboxDeps {
  post: (content: SignalContent) => Promise<{ seq: number }>;
  onSent: (seq: number) => void;
  /** The server refuses signals: the session has ended, or is not this user's. */
  onEnded: () => void;
  onTrouble: (error: unknown) => void;
  againMs: number;
}

export interface Outbox {
  add(content: SignalContent): void;
  /** Drops the waiting signals of a peer connection that is closed. */
  clear(): void;
  /** The socket is connected again: send without waiting. */
  wake(): void;
  isSending(): boolean;
  close(): void;
}

/**
 * Sends each signal until it is acknowledged: the partner gets each at least once. A description is
 * sent alone, so that no candidate overtakes its offer; candidates are sent several at a time.
 */
export function createOutbox(deps: OutboxDeps): Outbox {
  let queue: SignalContent[] = [];
  let inFlight = 0;
  let alone = false;
  let resting = false;
  let closed = false;
  let generation = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function flush(): void {
    while (!closed && !resting && !alone && inFlight < MOST_IN_FLIGHT) {
      const next = queue[0];
      if (!next || (next.description && inFlight > 0)) return;
      queue.shift();
      void send(next);
    }
  }

  async function send(content: SignalContent): Promise<void> {
    const mine = generation;
    inFlight += 1;
    alone = content.description !== undefined;
    try {
      deps.onSent((await deps.post(content)).seq);
    } catch (error) {
      if (!closed) failed(error, content, mine);
    }
    inFlight -= 1;
    if (content.description !== undefined) alone = false;
    flush();
  }

  function failed(error: unknown, content: SignalContent, mine: number): void {
    if (isClientError(error, 'session.not_found', 'session.bad_transition')) deps.onEnded();
    else if (isPassing(error) || isClientError(error, 'rate.limited')) repeat(error, content, mine);
    else deps.onTrouble(error);
  }

  function repeat(error: unknown, content: SignalContent, mine: number): void {
    if (mine === generation) queue.unshift(content);
    resting = true;
    clearTimeout(timer);
    const asked = isClientError(error) ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
    timer = setTimeout(wake, Math.max(deps.againMs, asked));
  }

  function wake(): void {
    clearTimeout(timer);
    resting = false;
    flush();
  }

  return {
    add: (content) => {
      if (closed) return;
      queue.push(content);
      if (queue.length > MOST_WAITING) {
        const oldest = queue.findIndex(({ description }) => description === undefined);
        queue.splice(Math.max(0, oldest), 1);
      }
      flush();
    },
    clear: () => {
      generation += 1;
      queue = [];
    },
    wake,
    isSending: () => inFlight > 0,
    close: () => {
      closed = true;
      queue = [];
      clearTimeout(timer);
    },
  };
}
