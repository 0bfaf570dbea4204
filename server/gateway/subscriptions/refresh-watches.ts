import { packetText } from '../../../db/realtime/push.ts';
import type { Log } from '../../../log.ts';
import type { MountedSubscription } from '../mount.ts';
import type { Subscriptions, Watch, Watcher } from './subscriptions.ts';

interface Options {
  subscriptions: Subscriptions;
  log: Log;
  everyMs?: number;
}

const EVERY_MS = 1_000;

/**
 * Once a second, each subscription with a `refresh` reads what its watches on this instance look like now, and
 * each watcher gets what changed for it. This is for what is different for everybody and follows from the
 * changes of others, such as a place in a queue: nothing is published, and without watchers nothing is read.
 * Returns how to stop.
 */
export function refreshWatches({ subscriptions, log, everyMs = EVERY_MS }: Options): () => void {
  const sent = new WeakMap<Watch, string>();
  let isRunning = false;

  async function refresh(
    mounted: MountedSubscription,
    all: readonly (readonly [Watcher, Watch])[],
  ) {
    const { refresh: part } = mounted;
    if (!part) return;
    const payloads = await part.read(all.map(([, { payload }]) => payload as never));
    for (const [at, [{ socket, watches }, watch]] of all.entries()) {
      const payload = payloads[at];
      // The right may have ended during the read.
      if (payload === undefined || ![...watches.values()].includes(watch)) continue;
      const text = packetText(part.event, payload);
      // The first one is sent, too: others may have changed since the snapshot.
      if (sent.get(watch) === text) continue;
      sent.set(watch, text);
      socket.emit(part.event, payload);
    }
  }

  async function refreshAll(): Promise<void> {
    const bySubscription = new Map<MountedSubscription, [Watcher, Watch][]>();
    for (const watcher of subscriptions.watchers())
      for (const watch of watcher.watches.values()) {
        if (!watch.mounted.refresh) continue;
        const list = bySubscription.get(watch.mounted) ?? [];
        list.push([watcher, watch]);
        bySubscription.set(watch.mounted, list);
      }
    for (const [mounted, all] of bySubscription) await refresh(mounted, all);
  }

  const timer = setInterval(() => {
    if (isRunning) return;
    isRunning = true;
    refreshAll()
      .catch((error) => log.debug({ err: error }, 'watches not refreshed'))
      .finally(() => {
        isRunning = false;
      });
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
