import type { PushName, PushPayload } from '../contract/catalogue.ts';
import type { Namespace } from '../contract/define.ts';
import type { RedisClient } from './redis.ts';

/** socket.io rooms. A name never has 20 characters: the sharded adapter takes such a name for a socket id. */
export const rooms = {
  user: (userId: string) => `user:${userId}`,
} as const;
export type Room = ReturnType<(typeof rooms)[keyof typeof rooms]>;

/** Send one event to one room, on every instance. A hint: it may be lost, and never throws. */
export type Push = <E extends PushName>(room: Room, event: E, payload: PushPayload<E>) => void;

export const CHANNEL_PREFIX = 'socket.io';
/** As `MessageType.BROADCAST` and `PacketType.EVENT` of socket.io-adapter 2.5 and socket.io-parser 4. */
const BROADCAST = 3;
const EVENT = 2;
/** Adapters drop frames that carry their own uid; no adapter has this one. */
const EMITTER_UID = 'emitter';

/** The channel on which an instance with people in `room` listens (adapter mode `dynamic`). */
export const channelOf = (namespace: Namespace, room: string) =>
  `${CHANNEL_PREFIX}#${namespace}#${room}#`;

/** The frame that `ShardedRedisAdapter` 8.3 publishes for a broadcast to one room. */
export function frameOf(namespace: Namespace, room: string, event: string, payload: unknown) {
  return JSON.stringify({
    uid: EMITTER_UID,
    nsp: namespace,
    type: BROADCAST,
    data: {
      packet: { type: EVENT, data: [event, payload], nsp: namespace },
      opts: { rooms: [room], except: [], flags: {} },
    },
  });
}

/**
 * Push from a process that has no sockets. The published emitter of socket.io uses PUBLISH, which
 * sharded adapters do not hear; ours speaks SPUBLISH in the adapter's own frame.
 */
export function createEmitter(redis: RedisClient, onLost: (error: unknown) => void): Push {
  return (room, event, payload) => {
    redis.spublish(channelOf('/', room), frameOf('/', room, event, payload)).catch(onLost);
  };
}
