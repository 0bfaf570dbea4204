import type { RedisClient } from '../../../db/redis.ts';
import { waitFor } from '../../support/wait-for.ts';

/** A script of the relay: it reads where the stream ends, or appends a batch. */
export type ScriptName = 'read' | 'append';

/** A client whose scripts run inside `around`, which gets their number among those of the same name. */
export function intercepted(
  redis: RedisClient,
  around: (run: () => Promise<unknown>, name: ScriptName, count: number) => Promise<unknown>,
): RedisClient {
  const counts = { read: 0, append: 0 };
  return new Proxy(redis, {
    get(target, property, receiver) {
      const value = Reflect.get(target, property, receiver);
      if (typeof value !== 'function') return value;
      if (property !== 'evalsha') return value.bind(target);
      // evalsha(sha, 1, key, …arguments): reading has none.
      return (...args: unknown[]) => {
        const name = args.length > 3 ? 'append' : 'read';
        counts[name] += 1;
        return around(() => value.apply(target, args), name, counts[name]);
      };
    },
  });
}

/** A client with which a process stops for good, or until it is told to go on, at one of its steps. */
export function stoppedAt(
  redis: RedisClient,
  at: { script: ScriptName; count: number; when: 'before' | 'after' },
) {
  let isStopped = false;
  let goOn = () => {};
  const told = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const stop = () => {
    isStopped = true;
    return told;
  };
  const client = intercepted(redis, async (run, name, count) => {
    const isHere = name === at.script && count === at.count;
    if (isHere && at.when === 'before') await stop();
    const result = await run();
    if (isHere && at.when === 'after') await stop();
    return result;
  });
  return { redis: client, reached: () => waitFor(() => isStopped), goOn: () => goOn() };
}
