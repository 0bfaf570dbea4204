/** Pushes that are kept until a snapshot comes or a gap closes. With more of them, a new snapshot is queried. */
const MOST_KEPT = 1_000;

export interface SubscriptionTimes {
  /** How long to wait for a missing push. */
  gapMs: number;
  /** The pause after a failed query. */
  againMs: number;
}
/** The default times. */
export const SUBSCRIPTION_TIMES: SubscriptionTimes = { gapMs: 200, againMs: 2_000 };

/** The connection of a subscription to the server. Each `on…` returns how to stop. */
export interface SubscriptionWire<Snapshot, Push> {
  /** Ask to watch. `afterSeq`: the last seq that is known, for servers that answer from there. */
  watch: (afterSeq: number | null) => Promise<Snapshot>;
  unwatch: () => Promise<unknown>;
  /** The pushes of this subscription and of no other. */
  onPush: (listener: (push: Push) => void) => () => void;
  /** The socket is connected (again): the server has forgotten what it watched. */
  onConnected: (listener: () => void) => () => void;
  onResync: (listener: () => void) => () => void;
  isConnected: () => boolean;
  seqOfSnapshot: (snapshot: Snapshot) => number;
  seqOfPush: (push: Push) => number;
  /** Another query cannot help: the watched thing is gone, or forbidden. */
  isFinal: (error: unknown) => boolean;
}

export interface SubscriptionTaker<Snapshot, Push> {
  /** `ask`: every seq counts, and a missing one is queried. `skip`: only the newest counts. */
  gaps: 'ask' | 'skip';
  snapshot: (snapshot: Snapshot) => void;
  /** In the order of seq, each once, each newer than the snapshot before it. */
  push: (push: Push) => void;
  ended: (error: unknown) => void;
}

export interface Subscription {
  /** The newest delivered seq; null before the first snapshot. */
  readonly seq: number | null;
  close(): void;
}

/**
 * Watches something and keeps it current. Pushes may come before the answer that starts the
 * subscription: they are kept until then, and those that the snapshot includes are dropped. After a
 * reconnect, a `resync` or a gap, the server is queried again.
 */
export function createSubscription<Snapshot, Push>(
  wire: SubscriptionWire<Snapshot, Push>,
  taker: SubscriptionTaker<Snapshot, Push>,
  { gapMs, againMs }: SubscriptionTimes = SUBSCRIPTION_TIMES,
): Subscription {
  const kept = new Map<number, Push>();
  let last: number | null = null;
  let isAsking = false;
  let isDue = false;
  let isClosed = false;
  /** The first push behind a gap starts it; later ones must not put it off. */
  let gapTimer: ReturnType<typeof setTimeout> | undefined;
  /** The pause after a failed query; what is pushed meanwhile does not replace the query. */
  let againTimer: ReturnType<typeof setTimeout> | undefined;

  function clearGap(): void {
    clearTimeout(gapTimer);
    gapTimer = undefined;
  }
  function clear(): void {
    clearGap();
    clearTimeout(againTimer);
    againTimer = undefined;
  }

  async function ask(): Promise<void> {
    clear();
    isDue = true;
    if (isAsking) return;
    isAsking = true;
    while (isDue && !isClosed && wire.isConnected()) {
      isDue = false;
      try {
        const snapshot = await wire.watch(last);
        if (isClosed) return;
        last = wire.seqOfSnapshot(snapshot);
        taker.snapshot(snapshot);
      } catch (error) {
        isAsking = false;
        return failed(error);
      }
    }
    isAsking = false;
    advance();
  }

  function failed(error: unknown): void {
    if (isClosed) return;
    if (wire.isFinal(error)) {
      close();
      taker.ended(error);
    } else againTimer = setTimeout(() => void ask(), againMs);
  }

  /** Delivers kept pushes up to the first gap; a gap is queried. */
  function advance(): void {
    if (last === null || isAsking || isClosed) return;
    for (const [seq, push] of [...kept].sort(([a], [b]) => a - b)) {
      if (taker.gaps === 'ask' && seq > last + 1) break;
      kept.delete(seq);
      if (seq <= last) continue;
      last = seq;
      taker.push(push);
    }
    if (kept.size === 0) clearGap();
    else if (!againTimer) gapTimer ??= setTimeout(() => void ask(), gapMs);
  }

  function take(push: Push): void {
    kept.set(wire.seqOfPush(push), push);
    if (kept.size > MOST_KEPT) {
      kept.clear();
      void ask();
    } else advance();
  }

  const undo = [
    wire.onPush(take),
    wire.onConnected(() => void ask()),
    wire.onResync(() => void ask()),
  ];
  function close(): void {
    if (isClosed) return;
    isClosed = true;
    clear();
    kept.clear();
    for (const each of undo) each();
  }
  void ask();
  return {
    get seq() {
      return last;
    },
    close() {
      if (isClosed) return;
      close();
      if (wire.isConnected()) wire.unwatch().catch(() => undefined);
    },
  };
}
