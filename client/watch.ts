import type {
  CommandData,
  CommandName,
  CommandPayload,
  PushName,
  PushPayload,
} from '../contract/catalogue.ts';
import { isRefusal } from './errors.ts';
import type { Listeners } from './listeners.ts';
import {
  createSubscription,
  type Subscription,
  type SubscriptionTaker,
  type SubscriptionTimes,
} from './subscriptions.ts';
import type { Connection, ConnectionStatus } from './transport/socket.ts';

/** One kind of subscription, as data. A domain exports one for each subscription of its contract. */
export interface Watchable<Payload, Snapshot, Push> {
  /** The commands, by their names in the contract. */
  watch: string;
  unwatch: string;
  /** The push that carries the seq. The others come by `on`. */
  push: string;
  /** `ask`: every seq counts, and a missing one is queried. `skip`: only the newest counts. */
  gaps: SubscriptionTaker<Snapshot, Push>['gaps'];
  seqOfSnapshot: (snapshot: Snapshot) => number;
  seqOfPush: (push: Push) => number;
  /** Whether the push is about what `payload` names: a socket may watch several things of one kind. */
  isAbout: (push: Push, payload: Payload) => boolean;
  /** For servers that answer from a known seq: the payload that asks for what follows it. */
  after?: (payload: Payload, seq: number) => Payload;
}

/** Types a `Watchable` by the names of its events in the contract. */
export const defineWatchable = <
  const W extends CommandName,
  const U extends CommandName,
  const P extends PushName,
>(
  watchable: Watchable<CommandPayload<W>, CommandData<W>, PushPayload<P>> & {
    watch: W;
    unwatch: U;
    push: P;
  },
): Watchable<CommandPayload<W>, CommandData<W>, PushPayload<P>> => watchable;

/** The callbacks of an application that watches something. */
export interface Watcher<Snapshot, Push>
  extends Pick<SubscriptionTaker<Snapshot, Push>, 'snapshot' | 'push'> {
  /** The watched thing is gone, or its watcher may not see it any more. Nothing follows. */
  ended?: (error: unknown) => void;
}

/**
 * Watches one thing: its state now, then every push in order, each once, over reconnects, gaps and
 * `resync`.
 */
export type WatchOne = <Payload, Snapshot, Push>(
  watchable: Watchable<Payload, Snapshot, Push>,
  payload: Payload,
  watcher: Watcher<Snapshot, Push>,
) => Subscription;

export interface Watching {
  watch: WatchOne;
  /** Ends every subscription of the client. */
  close(): void;
}

/** The events of a subscription are data here, so that they are not checked against the contract again. */
interface AnyWire {
  emit(event: string, payload: unknown): Promise<unknown>;
  on(event: string, listener: (payload: never) => void): () => void;
}

/** The subscriptions of one client. */
export function createWatching(
  connection: Pick<Connection, 'emit' | 'on' | 'status'>,
  statuses: Pick<Listeners<[ConnectionStatus, ...unknown[]]>, 'add'>,
  times?: SubscriptionTimes,
): Watching {
  const wire = connection as unknown as AnyWire;
  const open = new Map<Subscription, string>();

  const watch: WatchOne = (watchable, payload, { snapshot, push, ended }) => {
    const key = `${watchable.watch} ${JSON.stringify(payload)}`;
    const subscription = createSubscription(
      {
        watch: (afterSeq) =>
          wire.emit(
            watchable.watch,
            afterSeq === null ? payload : (watchable.after?.(payload, afterSeq) ?? payload),
          ) as Promise<never>,
        unwatch: async () => {
          // The server keeps one watch of a payload for each socket.
          if (![...open.values()].includes(key)) await wire.emit(watchable.unwatch, payload);
        },
        onPush: (listener) =>
          wire.on(watchable.push, (one) => {
            if (watchable.isAbout(one, payload)) listener(one);
          }),
        onConnected: (listener) =>
          statuses.add((status) => {
            if (status === 'connected') listener();
          }),
        onResync: (listener) => wire.on('resync', listener),
        isConnected: () => connection.status() === 'connected',
        seqOfSnapshot: watchable.seqOfSnapshot,
        seqOfPush: watchable.seqOfPush,
        isFinal: isRefusal,
      },
      {
        ...{ gaps: watchable.gaps, snapshot, push },
        ended: (error) => {
          open.delete(subscription);
          ended?.(error);
        },
      },
      times,
    );
    open.set(subscription, key);
    return {
      get seq() {
        return subscription.seq;
      },
      close() {
        open.delete(subscription);
        subscription.close();
      },
    };
  };

  return {
    watch,
    close: () => {
      for (const subscription of open.keys()) subscription.close();
      open.clear();
    },
  };
}
