import type { PushName, PushPayload } from '../contract/catalogue.ts';
import type { Namespace } from '../contract/define.ts';
import type { RedisClient } from './redis.ts';

/** socket.io rooms. A name never has 20 characters: the sharded adapter takes such a name for a socket id. */
export const rooms = {
  user: (userId: string) => `user:${userId}`,
} as const;
export type Room = ReturnType<(typeof rooms)[keyof typeof rooms]>;

/** Send one event to some rooms, on every instance. A tryEnqueue: it may be lost, and never throws. */
export type Push = <E extends PushName>(
  to: Room | readonly Room[],
  event: E,
  payload: PushPayload<E>,
) => void;

export const CHANNEL_PREFIX = 'socket.io';
/** As `MessageType.BROADCAST` and `PacketType.EVENT` of socket.io-adapter 2.5 and socket.io-parser 4. */
const BROADCAST = 3;
const EVENT = 2;
/** Adapters drop frames that carry their own uid; no adapter has this one. */
const EMITTER_UID = 'emitter';

/** The channel on which an instance with people in `room` listens (adapter mode `dynamic`). */
export const channelOf = (namespace: Namespace, room: string) =>
  `${CHANNEL_PREFIX}#${namespace}#${room}#`;

/** How every frame of this sender begins: its receiver can tell its own without reading them. */
export const frameStart = (uid: string) => `{"uid":${JSON.stringify(uid)},`;

/** The frame that `ShardedRedisAdapter` 8.3 publishes for a broadcast to one room. */
function framesOf(uid: string, namespace: Namespace, event: string, payload: unknown) {
  const nsp = JSON.stringify(namespace);
  const packet = `{"type":${EVENT},"data":${JSON.stringify([event, payload])},"nsp":${nsp}}`;
  const start = `${frameStart(uid)}"nsp":${nsp},"type":${BROADCAST},"data":{"packet":${packet},"opts":{"rooms":[`;
  return (room: string) => `${start}${JSON.stringify(room)}],"except":[],"flags":{}}}}`;
}

/**
 * Push without the adapter's help: from a process that has no sockets, or past its own. The published
 * emitter of socket.io uses PUBLISH, which sharded adapters do not hear; ours speaks SPUBLISH in the
 * adapter's own frame.
 */
export function createEmitter(
  redis: RedisClient,
  onLost: (error: unknown) => void,
  uid = EMITTER_UID,
): Push {
  return (to, event, payload) => {
    const frame = framesOf(uid, '/', event, payload);
    for (const room of typeof to === 'string' ? [to] : to)
      redis.spublish(channelOf('/', room), frame(room)).catch(onLost);
  };
}
