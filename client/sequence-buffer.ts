export interface Sequenced {
  seq: number;
}

/** What a server answers about an ordered log to a reader that has everything up to a seq. */
export interface LogAnswer<Item extends Sequenced> {
  /** After that seq, in order. Seqs between them that are missing are not for this reader. */
  items: readonly Item[];
  /** Of the oldest entry that the log keeps; `headSeq + 1` when it keeps none. */
  firstSeq: number;
  /** Of the newest entry of the log. */
  headSeq: number;
  /** There are further items after the last of these. */
  more?: boolean;
}

/** Stands where items are missing that the log no longer has. */
export const LOST = Symbol('lost');

export interface Taken<Item> {
  /** What to give out, in order. */
  arrivals: (Item | typeof LOST)[];
  /** Another question is needed. */
  isPartial: boolean;
}

/** Where a reader stood when it asked. */
export interface Asked {
  position: number;
  head: number;
}

/**
 * Puts the items of one ordered log into order, each once. It knows nothing of time and asks nobody:
 * client/ordered-inbox.ts does. At most `maxItems` items and as many skipped seqs are kept; further
 * ones are forgotten and show as a gap.
 */
export function createSequenceBuffer<Item extends Sequenced>(maxItems: number) {
  /** Everything up to here was given out or skipped. */
  let position = 0;
  /** The highest seq heard of. */
  let head = 0;
  const held = new Map<number, Item>();
  const skipped = new Set<number>();

  function forgetUntil(seq: number): void {
    for (const known of held.keys()) if (known <= seq) held.delete(known);
    for (const known of skipped) if (known <= seq) skipped.delete(known);
  }

  /** Mark where seqs below the first of the log are neither here nor skipped. */
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
    /** Something up to the highest known seq has not been given out. */
    isBehind: () => head > position,
    /** An item is here whose predecessors are not. */
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
    /** What follows without a gap, at most `room` items. */
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
     * Take an answer. It says of every seq from its first to its head whether there is something to
     * read. A head below one that was known before the question means that the server lost the end of
     * the log: its numbers will be given again, so what is kept of them is dropped.
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
      // A reader that had nothing has lost nothing.
      const arrivals = asked.position > 0 ? withLosses(taken, firstSeq, reached) : taken;
      position = Math.max(position, reached);
      note(headSeq);
      forgetUntil(position);
      return {
        arrivals: wentBack ? [LOST, ...arrivals] : arrivals,
        isPartial: wentBack || isCut || more,
      };
    },
    /** Everything up to this seq is of no interest. */
    skipUntil(seq: number): void {
      position = Math.max(position, seq);
      note(seq);
      forgetUntil(position);
    },
  };
}
