import type { Socket } from 'socket.io';
import { bounds } from '../../../config.ts';
import type { Namespace } from '../../../contract/define.ts';
import { FoyerError } from '../../../contract/errors.ts';
import { channelOf } from '../../../db/realtime/rooms.ts';
import { withTimeout } from '../../../with-timeout.ts';
import type { Caller } from '../../deps.ts';
import type { MountedSubscription } from '../mount.ts';

/** A watch of a socket, and the rooms that it needs. */
export interface Watch {
  mounted: MountedSubscription;
  payload: unknown;
  rooms: readonly string[];
}

/** A socket that may watch. */
export interface Watcher {
  socket: Socket;
  namespace: Namespace;
  caller: Caller | undefined;
  watches: Map<string, Watch>;
}

export interface Subscriptions {
  /** @throws {FoyerError} subscription.limit · service.unavailable · what `mayWatch` and `snapshot` throw */
  watch(socket: Socket, mounted: MountedSubscription, payload: unknown): Promise<unknown>;
  unwatch(socket: Socket, mounted: MountedSubscription, payload: unknown): void;
  /** End a socket's watch, because the right to it has ended. */
  drop(watcher: Watcher, key: string): void;
  /** Start and stop to keep the watches of a socket. */
  add(socket: Socket, namespace: Namespace, caller: Caller | undefined): void;
  remove(socket: Socket): void;
  watchers(): Iterable<Watcher>;
}

interface Options {
  confirmed: (channels: readonly string[]) => Promise<void>;
  /** How long Redis may take to confirm. */
  confirmMs: number;
}

const keyOf = ({ subscription, key = JSON.stringify }: MountedSubscription, payload: unknown) =>
  `${subscription.watch.event} ${key(payload)}`;

/**
 * The watches of all sockets. The order keeps them complete: access, room, confirmation by Redis, and
 * only then the snapshot. Every later change arrives as a push.
 */
export function createSubscriptions({ confirmed, confirmMs }: Options): Subscriptions {
  const watchers = new Map<Socket, Watcher>();

  function leaveUnused(watcher: Watcher, rooms: readonly string[]): void {
    const used = new Set([...watcher.watches.values()].flatMap((watch) => watch.rooms));
    for (const room of rooms) if (!used.has(room)) void watcher.socket.leave(room);
  }
  function drop(watcher: Watcher, key: string): void {
    const watch = watcher.watches.get(key);
    if (!watch) return;
    watcher.watches.delete(key);
    leaveUnused(watcher, watch.rooms);
  }

  function join(watcher: Watcher, key: string, watch: Watch): void {
    const { socket, watches } = watcher;
    const rooms = new Set([...watches.values()].flatMap((each) => each.rooms));
    for (const room of watch.rooms) rooms.add(room);
    if (rooms.size > bounds.roomsPerSocket) throw new FoyerError('subscription.limit');
    watches.set(key, watch);
    void socket.join([...watch.rooms]);
  }

  async function watch(socket: Socket, mounted: MountedSubscription, payload: unknown) {
    const watcher = watchers.get(socket);
    if (!watcher) throw unavailable();
    const { caller, namespace, watches } = watcher;
    const key = keyOf(mounted, payload);
    await mayWatch(mounted, payload, caller).catch((error) => {
      if (hasEnded(error)) drop(watcher, key);
      throw error;
    });
    // A closed socket must not join: nothing would remove it from the room again.
    if (!watchers.has(socket)) throw unavailable();
    const before = watches.get(key);
    const mine = before ?? { mounted, payload, rooms: roomsOf(mounted, payload, watcher) };
    if (!before) join(watcher, key, mine);
    try {
      const channels = mine.rooms.map((room) => channelOf(namespace, room));
      await withTimeout(confirmMs, confirmed(channels), unavailable);
      const snapshot = await mounted.snapshot(payload, caller);
      // The right ended meanwhile, so access is checked again for the error.
      if (watches.get(key) !== mine) {
        await mayWatch(mounted, payload, caller);
        throw unavailable();
      }
      return snapshot;
    } catch (error) {
      if (watches.get(key) === mine && (!before || hasEnded(error))) drop(watcher, key);
      throw error;
    }
  }

  return {
    watch,
    drop,
    unwatch(socket, mounted, payload) {
      const watcher = watchers.get(socket);
      if (watcher) drop(watcher, keyOf(mounted, payload));
    },
    add: (socket, namespace, caller) =>
      void watchers.set(socket, { socket, namespace, caller, watches: new Map() }),
    remove: (socket) => void watchers.delete(socket),
    watchers: () => watchers.values(),
  };
}

const unavailable = () => new FoyerError('service.unavailable', { retryAfterSeconds: 1 });

function roomsOf(mounted: MountedSubscription, payload: unknown, watcher: Watcher): string[] {
  const rooms = [mounted.room(payload, watcher.caller)].flat();
  const stray = rooms.find(({ namespaces }) => !namespaces.includes(watcher.namespace));
  if (stray) throw new Error(`room ${stray.name} is not one of ${watcher.namespace}`);
  return rooms.map(({ name }) => name);
}

/** @throws {FoyerError} when the caller may not watch */
export async function mayWatch(
  mounted: MountedSubscription,
  payload: unknown,
  caller: Caller | undefined,
): Promise<void> {
  if (!(await mounted.mayWatch(payload, caller))) throw new FoyerError('auth.forbidden');
}

/** A refusal (401, 403, 404, 409, 410), as opposed to an unavailable store. */
export const hasEnded = (error: unknown): boolean =>
  error instanceof FoyerError && error.status < 500 && error.code !== 'rate.limited';
