export interface Sequenced {
  seq: number;
}

/** The answer of a server to a reader of an ordered log that has everything up to a seq. */
export interface LogAnswer<Item extends Sequenced> {
  /** The items after that seq, in order. Seqs that are missing between them belong to other readers. */
  items: readonly Item[];
  /** The seq of the oldest entry of the log; `headSeq + 1` when it has none. */
  firstSeq: number;
  /** The seq of the newest entry of the log. */
  headSeq: number;
  /** There are further items after the last of these. */
  more?: boolean;
}

/** Marks a place where items are missing that the log no longer has. */
export const LOST = Symbol('lost');

export interface Taken<Item> {
  /** What to deliver, in order. */
  arrivals: (Item | typeof LOST)[];
  /** Another query is needed. */
  isPartial: boolean;
}

/** The position of a reader when it sent a query. */
export interface Asked {
  position: number;
  head: number;
}

/**
 * Puts the items of one ordered log into order and drops repeats. It has no timer and sends no query; both
 * are in client/ordered-inbox.ts. It keeps at most `maxItems` items and `maxItems` skipped seqs. Further ones
 * are dropped and show as a gap.
 */
export function createSequenceBuffer<Item extends Sequenced>(maxItems: number) {
  /** Everything up to this seq was delivered or skipped. */
  let position = 0;
  /** The highest known seq. */
  let head = 0;
  const held = new Map<number, Item>();
  const skipped = new Set<number>();

  function forgetUntil(seq: number): void {
    for (const known of held.keys()) if (known <= seq) held.delete(known);
    for (const known of skipped) if (known <= seq) skipped.delete(known);
  }

  /** Marks places where seqs below the first of the log are neither kept nor skipped. */
  function withLosses(items: Item[], firstSeq: number, reached: number): Taken<Item>['arrivals'] {
    const arrivals: Taken<Item>['arrivals'] = [];
    let at = position;
    const goTo = (seq: number) => {
      while (at + 1 < seq && skipped.has(at + 1)) at += 1;
      if (at + 1 < seq) arrivals.push(LOST);
    };
    for (const item of items) {
      goTo(Math.min(item.seq, firstSeq));
      arrivals.push(item);
      at = item.seq;
    }
    goTo(Math.min(reached + 1, firstSeq));
    return arrivals;
  }

  function note(seq: number): void {
    head = Math.max(head, seq);
  }

  return {
    get asked(): Asked {
      return { position, head };
    },
    /** Something up to the highest known seq has not been delivered. */
    isBehind: () => head > position,
    /** At least one item waits for items before it. */
    isGapped: () => held.size > 0,
    note,
    hold(item: Item): void {
      if (item.seq <= position) return;
      note(item.seq);
      if (held.size < maxItems) held.set(item.seq, item);
    },
    skip(seq: number): void {
      if (seq <= position) return;
      note(seq);
      if (skipped.size < maxItems) skipped.add(seq);
    },
    /** The items that follow without a gap, at most `room`. */
    advance(room: number): Item[] {
      const next: Item[] = [];
      for (let seq = position + 1; ; seq += 1) {
        const item = held.get(seq);
        if (item ? next.length >= room : !skipped.has(seq)) return next;
        if (item) next.push(item);
        position = seq;
        held.delete(seq);
        skipped.delete(seq);
      }
    },
    /**
     * Takes an answer. It tells for every seq from its first to its head whether there is an item. A head
     * below one that was known before the query means that the server lost the end of the log. The server
     * assigns those seqs again, so items kept for them are dropped.
     */
    take(answer: LogAnswer<Item>, asked: Asked, room: number): Taken<Item> {
      const { items, firstSeq, headSeq, more = false } = answer;
      const wentBack = headSeq < asked.head;
      if (wentBack) {
        held.clear();
        skipped.clear();
        head = headSeq;
        position = Math.min(position, headSeq);
      }
      const end = more ? (items.at(-1)?.seq ?? position) : headSeq;
      const known = new Map([...held.values(), ...items].map((item) => [item.seq, item]));
      const due = [...known.values()]
        .filter(({ seq }) => seq > position && seq <= end)
        .sort((a, b) => a.seq - b.seq);
      const taken = due.slice(0, room);
      const isCut = due.length > room;
      const reached = (isCut ? taken.at(-1)?.seq : end) ?? position;
      // A reader without a position has lost nothing.
      const arrivals = asked.position > 0 ? withLosses(taken, firstSeq, reached) : taken;
      position = Math.max(position, reached);
      note(headSeq);
      forgetUntil(position);
      return {
        arrivals: wentBack ? [LOST, ...arrivals] : arrivals,
        isPartial: wentBack || isCut || more,
      };
    },
    /** Skips everything up to this seq. */
    skipUntil(seq: number): void {
      position = Math.max(position, seq);
      note(seq);
      forgetUntil(position);
    },
  };
}
