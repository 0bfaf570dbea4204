import type { Signal } from '../../../contract/matchmaking.ts';

/** Remembered to know a doubled push, held until a gap closes, and applied later: each at most so many. */
const MOST = 256;

export interface InboxDeps {
  /** The partner's signals after a seq. Rejects while the server is away. */
  resume: (afterSeq: number) => Promise<readonly Signal[]>;
  /** One at a time, in order. What it throws goes to `onTrouble` and stops nothing. */
  apply: (signal: Signal) => Promise<void>;
  /** My own signals have seqs too. While some are not acknowledged, a gap may be one of them. */
  isSending: () => boolean;
  onTrouble: (error: unknown) => void;
  /** How long a gap may be one of my own. */
  gapMs: number;
  /** Before another try to resume. */
  againMs: number;
}

export interface Inbox {
  push(signal: Signal): void;
  /** One of mine was acknowledged with this seq. */
  mine(seq: number): void;
  /** Pushes may have been lost. */
  catchUp(): void;
  /** These were in an answer; `apply: false` says that they are of a call that is over. */
  take(signals: readonly Signal[], how?: { apply: boolean }): void;
  close(): void;
}

/**
 * Puts pushes into order: doubled ones fall away, a gap is filled by `session:resume`. After the server
 * lost its memory seqs begin again; it then answers with everything it has, and so does this.
 */
export function createInbox(deps: InboxDeps): Inbox {
  let last = 0;
  let waiting = 0;
  let tail: Promise<void> = Promise.resolve();
  let running = false;
  let again = false;
  let closed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const seen = new Map<number, string>();
  const held = new Map<number, Signal>();
  const own = new Set<number>();

  function accept(signal: Signal): void {
    last = signal.seq;
    remember(seen, signal.seq, contentOf(signal));
    waiting += 1;
    tail = tail
      .then(() => (closed ? undefined : deps.apply(signal)))
      .catch(deps.onTrouble)
      .then(() => {
        waiting -= 1;
      });
  }

  /** As far as it goes without a gap. */
  function advance(): void {
    for (;;) {
      const next = held.get(last + 1);
      if (next) accept(next);
      else if (own.has(last + 1)) last += 1;
      else break;
    }
    forget(last);
    if (held.size === 0) clearTimeout(timer);
  }

  function forget(upTo: number): void {
    for (const seq of held.keys()) if (seq <= upTo) held.delete(seq);
    for (const seq of own) if (seq <= upTo) own.delete(seq);
  }

  function take(signals: readonly Signal[], { apply } = { apply: true }): void {
    for (const signal of signals) {
      if (isKnown(signal)) continue;
      // Lower than what is known and not the same: seqs began again.
      if (signal.seq <= last) seen.clear();
      if (apply) accept(signal);
      else {
        last = signal.seq;
        remember(seen, signal.seq, contentOf(signal));
      }
    }
    // The answer is all there is: what it did not hold and came by push is newer.
    for (const signal of [...held.values()].sort((a, b) => a.seq - b.seq))
      if (signal.seq > last) accept(signal);
    held.clear();
    advance();
  }

  const isKnown = (signal: Signal) => seen.get(signal.seq) === contentOf(signal);

  async function fill(): Promise<void> {
    clearTimeout(timer);
    if (closed) return;
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      do {
        again = false;
        take(await deps.resume(last));
      } while (again && !closed);
    } catch {
      if (!closed) later(deps.againMs);
    }
    running = false;
  }

  function later(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void fill(), ms);
  }

  return {
    push: (signal) => {
      if (closed || isKnown(signal)) return;
      // Not taken and not known: the next gap, or a resume, brings it again.
      if (waiting >= MOST) return;
      if (signal.seq === last + 1 && !running) {
        accept(signal);
        return advance();
      }
      if (signal.seq <= last) return void fill();
      remember(held, signal.seq, signal);
      if (running) again = true;
      else if (deps.isSending()) later(deps.gapMs);
      else void fill();
    },
    mine: (seq) => {
      if (closed || seq <= last) return;
      own.add(seq);
      if (own.size > MOST) own.clear();
      if (!running) advance();
    },
    catchUp: () => void fill(),
    take,
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}

const contentOf = ({ from, description, candidate }: Signal) =>
  JSON.stringify([from, description, candidate]);

function remember<T>(map: Map<number, T>, seq: number, value: T): void {
  map.delete(seq);
  map.set(seq, value);
  if (map.size <= MOST) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
