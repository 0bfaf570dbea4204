import type { RedisClient } from '../../db/redis.ts';

type Handler = (message: Buffer, channel: Buffer) => void;

/**
 * Redis as the sharded adapter asks for it, in the shape of the client `redis`. Everything that an
 * instance pushes comes back to it on the channels that it hears: what begins with `own` is left
 * unread, because its own sockets have been told already.
 */
export function createAdapterChannels(
  publisher: RedisClient,
  subscriber: RedisClient,
  own: string,
) {
  const start = Buffer.from(own);
  const handlers = new Map<string, Handler>();
  subscriber.on('smessageBuffer', (channel: Buffer, message: Buffer) => {
    if (message.compare(start, 0, start.length, 0, Math.min(start.length, message.length)) === 0)
      return;
    handlers.get(channel.toString())?.(message, channel);
  });
  return {
    sSubscribe(channel: string, handler: Handler): void {
      handlers.set(channel, handler);
      subscriber.ssubscribe(channel).catch(ignore);
    },
    sUnsubscribe(channels: string | string[]): void {
      for (const channel of [channels].flat()) {
        handlers.delete(channel);
        subscriber.sunsubscribe(channel).catch(ignore);
      }
    },
    sPublish: (channel: string, frame: string | Buffer) => publisher.spublish(channel, frame),
    sendCommand: ([name = '', ...args]: string[]) => publisher.call(name, ...args),
  };
}

/** A subscription that failed is made again when the connection is. */
const ignore = () => {};
