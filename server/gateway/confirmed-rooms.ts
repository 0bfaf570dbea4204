import type { RedisClient } from '../../db/redis.ts';

/** How long a connect waits for a Redis that is away; its `resync` comes when Redis does. */
const PATIENCE_MS = 1_000;

/**
 * `socket.join()` returns before Redis has confirmed the subscription, so a push between the two
 * would be missed and a snapshot read in between would be the last word. Replies on one connection
 * come in order: the answer to a PING sent after the subscription says that it stands. Joins of one
 * moment share a PING.
 */
export function createConfirmation(
  subscriber: RedisClient,
  patienceMs = PATIENCE_MS,
): () => Promise<void> {
  let next: Promise<void> | undefined;
  return () => {
    next ??= new Promise<void>((resolve) => {
      setImmediate(() => {
        next = undefined;
        const timer = setTimeout(resolve, patienceMs);
        const done = () => {
          clearTimeout(timer);
          resolve();
        };
        subscriber.ping().then(done, done);
      });
    });
    return next;
  };
}
