import { decodeRoom, isRoomFrame, type RoomPush } from '../../db/realtime/frames.ts';
import type { RedisClient } from '../../db/redis.ts';

type Handler = (message: Buffer, channel: Buffer) => void;

interface Options {
  publisher: RedisClient;
  subscriber: RedisClient;
  /** A push to a room, heard on the room's channel. */
  onRoomPush: (channel: string, push: RoomPush) => void;
}

/**
 * Redis as the sharded adapter asks for it, in the shape of the client `redis`. The adapter keeps the
 * subscriptions of rooms; what is pushed to a room comes in a frame of ours and does not reach it.
 */
export function createAdapterChannels({ publisher, subscriber, onRoomPush }: Options) {
  const handlers = new Map<string, Handler>();
  const confirmations = new Map<string, Promise<unknown>>();
  subscriber.on('smessageBuffer', (channel: Buffer, message: Buffer) => {
    const name = channel.toString();
    const handler = handlers.get(name);
    if (!handler) return;
    if (isRoomFrame(message)) onRoomPush(name, decodeRoom(message));
    else handler(message, channel);
  });

  function subscribe(channel: string): Promise<unknown> {
    const confirmation = subscriber.ssubscribe(channel);
    confirmations.set(channel, confirmation);
    confirmation.catch(() => {
      // The next one who waits for it asks again.
      if (confirmations.get(channel) === confirmation) confirmations.delete(channel);
    });
    return confirmation;
  }
  function sSubscribe(channel: string, handler: Handler): void {
    handlers.set(channel, handler);
    void subscribe(channel);
  }

  return {
    sSubscribe,
    sUnsubscribe(channels: string | string[]): void {
      for (const channel of [channels].flat()) {
        handlers.delete(channel);
        confirmations.delete(channel);
        subscriber.sunsubscribe(channel).catch(() => {});
      }
    },
    sPublish: (channel: string, frame: string | Buffer) => publisher.spublish(channel, frame),
    sendCommand: ([name = '', ...args]: string[]) => publisher.call(name, ...args),

    /** Hear a channel that is no room's. */
    listen: (channel: string, onMessage: (message: Buffer) => void) =>
      sSubscribe(channel, onMessage),
    /** Resolves when Redis has confirmed the subscription of each channel, on the shard it lives on. */
    async confirmed(channels: readonly string[]): Promise<void> {
      await Promise.all(
        channels.map((channel) => confirmations.get(channel) ?? subscribe(channel)),
      );
    },
    /** Ask for every subscription again, after a gap; resolves when all of them stand. */
    async restore(): Promise<void> {
      await Promise.all([...handlers.keys()].map(subscribe));
    },
  };
}
export type AdapterChannels = ReturnType<typeof createAdapterChannels>;
