import { decodeRoom, isRoomFrame, type RoomPush } from '../../../db/realtime/frames.ts';
import type { RedisClient } from '../../../db/redis.ts';

type Handler = (message: Buffer, channel: Buffer) => void;

interface Options {
  publisher: RedisClient;
  subscriber: RedisClient;
  /** Called with each push to a room. */
  onRoomPush: (channel: string, push: RoomPush) => void;
}

/**
 * Redis for the sharded adapter, with the interface of the client `redis`. The adapter keeps the
 * subscriptions of rooms. Pushes to a room come in frames of ours, which the adapter does not see.
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
      // The next caller who waits for it asks again.
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

    /** Subscribe to a channel that belongs to no room. */
    listen: (channel: string, onMessage: (message: Buffer) => void) =>
      sSubscribe(channel, onMessage),
    /** Resolves when Redis has confirmed the subscription of each channel on its shard. */
    async confirmed(channels: readonly string[]): Promise<void> {
      await Promise.all(
        channels.map((channel) => confirmations.get(channel) ?? subscribe(channel)),
      );
    },
    /** Subscribe to every channel again, after a gap; resolves when Redis has confirmed all of them. */
    async restore(): Promise<void> {
      await Promise.all([...handlers.keys()].map(subscribe));
    },
  };
}
export type AdapterChannels = ReturnType<typeof createAdapterChannels>;
