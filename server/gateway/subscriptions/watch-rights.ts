import type { Server, Socket } from 'socket.io';
import { bounds } from '../../../config.ts';
import {
  createRemoveWatchers,
  type RemoveWatchers,
  subscribeRemovals,
  type Which,
} from '../../../db/realtime/watchers.ts';
import type { RedisClient } from '../../../db/redis.ts';
import type { Log } from '../../../log.ts';
import {
  hasEnded,
  mayWatch,
  type Subscriptions,
  type Watch,
  type Watcher,
} from './subscriptions.ts';

interface Options {
  subscriptions: Subscriptions;
  publisher: RedisClient;
  /** Receives removals; plain pub/sub. */
  subscriber: RedisClient;
  instanceId: string;
  log: Log;
}

export interface WatchRights {
  /** Takes effect here at once, and on other instances when they get the message. */
  removeWatchers: RemoveWatchers;
  /** Check every watch again, and end those whose right has ended. */
  recheck(): Promise<void>;
  stop(): void;
}

/** Watches that a recheck checks together. */
const PAGE = 100;

/**
 * Ends watches whose right has ended. The code that ends a right publishes it to every instance.
 * Messages may be lost, so instances also check at intervals. A socket that loses a watch gets `resync`.
 */
export function createWatchRights(options: Options): WatchRights {
  const { subscriptions, publisher, subscriber, instanceId, log } = options;

  function removeHere(room: string, which?: Which): void {
    for (const watcher of subscriptions.watchers()) {
      if (which && !which.people.includes(watcher.caller?.userId ?? '')) continue;
      const lost = [...watcher.watches].filter(([, { rooms }]) => rooms.includes(room));
      end(subscriptions, watcher, lost);
    }
  }
  const stop = subscribeRemovals(subscriber, ({ sender, room, people }) => {
    if (sender !== instanceId) removeHere(room, people && { people });
  });
  const publish = createRemoveWatchers(publisher, instanceId, (error) =>
    log.warn({ err: error }, 'removal of watchers not published'),
  );

  async function recheckAll(): Promise<void> {
    const questions = questionsOf(subscriptions.watchers());
    for (let at = 0; at < questions.length; at += PAGE)
      await Promise.all(questions.slice(at, at + PAGE).map(ask));
  }
  async function ask(question: Question): Promise<void> {
    const { mounted, payload } = question.watch;
    try {
      await mayWatch(mounted, payload, question.caller);
    } catch (error) {
      if (!hasEnded(error)) return log.debug({ err: error }, 'could not recheck a watch');
      for (const watcher of question.watchers)
        end(subscriptions, watcher, [[question.key, question.watch]]);
    }
  }

  let running: Promise<void> | undefined;
  const recheck = () => {
    running ??= recheckAll().finally(() => {
      running = undefined;
    });
    return running;
  };
  const timer = setInterval(() => void recheck(), bounds.recheckSeconds * 1000);
  return {
    recheck,
    removeWatchers(room, which) {
      removeHere(room.name, which);
      return publish(room, which);
    },
    stop() {
      clearInterval(timer);
      stop();
    },
  };
}

function end(
  subscriptions: Subscriptions,
  watcher: Watcher,
  lost: readonly [string, Watch][],
): void {
  for (const [key] of lost) subscriptions.drop(watcher, key);
  if (lost.length > 0) watcher.socket.emit('resync', {});
}

interface Question {
  key: string;
  watch: Watch;
  caller: Watcher['caller'];
  watchers: Watcher[];
}

/** A thousand viewers of one overlay need one check; signed-in callers are checked one by one. */
function questionsOf(watchers: Iterable<Watcher>): Question[] {
  const questions = new Map<string, Question>();
  for (const watcher of watchers)
    for (const [key, watch] of watcher.watches) {
      const name = `${watcher.caller?.userId ?? ''} ${key}`;
      const known = questions.get(name);
      if (known) known.watchers.push(watcher);
      else questions.set(name, { key, watch, caller: watcher.caller, watchers: [watcher] });
    }
  return [...questions.values()];
}

/** Tell these sockets that pushes may have been missed. */
export function resyncAll(io: Server, namespaces: readonly string[]): void {
  for (const namespace of namespaces)
    for (const socket of io.of(namespace).sockets.values()) resyncOne(socket);
}
/** Tell one socket that pushes may have been missed. */
export const resyncOne = (socket: Socket) => void socket.emit('resync', {});
