import { createDeliveryQueue } from './delivery-queue.ts';
import {
  type Asked,
  createSequenceBuffer,
  LOST,
  type LogAnswer,
  type Sequenced,
} from './sequence-buffer.ts';

export interface InboxTimes {
  /** How long to wait for a missing item, because pushes and answers travel on different paths. */
  graceMs: number;
  /** The pause after a failed query. */
  retryMs: number;
}
/** The default times. */
export const INBOX_TIMES: InboxTimes = { graceMs: 200, retryMs: 1_000 };

export interface OrderedInboxOptions<Item extends Sequenced> {
  /**
   * Queries the server for the items after a seq; 0 when nothing is known yet. Rejects while it is
   * unavailable.
   */
  ask: (afterSeq: number) => Promise<LogAnswer<Item>>;
  /** Called with one item at a time, in order, each once. Its errors go to `onError`. */
  deliver: (item: Item) => void | Promise<void>;
  /** Called in order with `deliver`: the log lost items at this place. Take a snapshot. */
  onLost?: () => void | Promise<void>;
  onError: (error: unknown) => void;
  /** True while an item of this client waits for its seq, which may be the gap. */
  isSending?: () => boolean;
  times?: InboxTimes;
  /** The limit of items that wait for a gap to close, and of items that wait for delivery. */
  maxItems?: number;
}

export interface OrderedInbox<Item extends Sequenced> {
  /** Takes a push. Before the inbox has started, it is only kept. */
  push(item: Item): void;
  /** This seq belongs to something that is not delivered, such as an item of this client. */
  skip(seq: number): void;
  /** Another message says that the log has reached this seq. */
  noteHead(seq: number): void;
  /** Pushes may have been lost: query the server. Starts the inbox. */
  catchUp(): void;
  /** Starts from an answer to the caller's own query after 0. `deliver: false` skips its items. */
  start(answer: LogAnswer<Item>, how?: { deliver: boolean }): void;
  close(): void;
}

/**
 * Reads one ordered log from pushes that may be lost, repeated or late. It delivers each item once, in order.
 * A gap before a pushed item is queried immediately. A gap that only `noteHead` shows is queried after a
 * grace. Only one query runs at a time; pushes that arrive meanwhile are taken after its answer.
 */
export function createOrderedInbox<Item extends Sequenced>({
  ask: query,
  deliver,
  onLost = () => undefined,
  onError,
  isSending = () => false,
  times = INBOX_TIMES,
  maxItems = 256,
}: OrderedInboxOptions<Item>): OrderedInbox<Item> {
  const buffer = createSequenceBuffer<Item>(maxItems);
  const queue = createDeliveryQueue(maxItems, { onError, onRoom: proceed });
  let isStarted = false;
  let isAsking = false;
  /** A query is due although there is no gap. */
  let mustAsk = false;
  let isClosed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** The timer waits after a failure; only `catchUp` queries earlier. */
  let isResting = false;

  const deliveryOf = (item: Item) => () => deliver(item);

  function clear(): void {
    clearTimeout(timer);
    timer = undefined;
    isResting = false;
  }

  /** Delivers what is in order; queries, now or after the grace, when something is missing. */
  function proceed(): void {
    if (isClosed || !isStarted || isAsking) return;
    queue.add(...buffer.advance(queue.room()).map(deliveryOf));
    if (isResting || queue.room() === 0) return;
    if (mustAsk || (buffer.isGapped() && !isSending())) void ask();
    else if (buffer.isBehind()) timer ??= setTimeout(() => void ask(), times.graceMs);
    else clear();
  }

  function take(answer: LogAnswer<Item>, asked: Asked): void {
    const { arrivals, isPartial } = buffer.take(answer, asked, queue.room());
    if (isPartial && arrivals.length === 0) throw new Error('an answer without progress');
    queue.add(...arrivals.map((arrival) => (arrival === LOST ? onLost : deliveryOf(arrival))));
    if (isPartial) mustAsk = true;
  }

  async function ask(): Promise<void> {
    clear();
    isAsking = true;
    mustAsk = false;
    const asked = buffer.asked;
    try {
      const answer = await query(asked.position);
      if (!isClosed) take(answer, asked);
    } catch {
      mustAsk = true;
      isResting = true;
    }
    isAsking = false;
    if (isClosed) return;
    if (isResting) timer = setTimeout(() => void ask(), times.retryMs);
    proceed();
  }

  return {
    push(item) {
      if (isClosed) return;
      buffer.hold(item);
      proceed();
    },
    skip(seq) {
      if (isClosed) return;
      buffer.skip(seq);
      proceed();
    },
    noteHead(seq) {
      if (isClosed) return;
      buffer.note(seq);
      proceed();
    },
    catchUp() {
      if (isClosed) return;
      isStarted = true;
      mustAsk = true;
      if (isAsking) return;
      clear();
      proceed();
    },
    start(answer, { deliver: isWanted } = { deliver: true }) {
      if (isClosed) return;
      isStarted = true;
      if (isWanted) take(answer, { position: 0, head: 0 });
      else buffer.skipUntil(answer.headSeq);
      proceed();
    },
    close() {
      isClosed = true;
      clear();
      queue.close();
    },
  };
}
