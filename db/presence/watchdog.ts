import { bounds } from '../../config.ts';
import type { Log } from '../../log.ts';
import { epochChanges } from '../../metrics.ts';
import type { RedisClient } from '../redis.ts';
import { type Epoch, renewEpoch } from './epoch.ts';

export interface Watchdog {
  /** Poll now. The timer and every `ready` of the connection do; a poll under way is joined. */
  poll(): Promise<void>;
  stop(): void;
}

interface Options {
  redis: RedisClient;
  log: Log;
  everyMs?: number;
  /** Redis lost data, or this process just started: restore what this process owns. */
  onNewEpoch: (epoch: Epoch) => Promise<void>;
  /** On every poll that Redis answered. */
  onPoll?: (epoch: Epoch) => Promise<void>;
}

/**
 * Every process watches the epoch: every two seconds, and whenever its connection is ready again. A
 * restore that fails is tried again at the next poll, because the epoch counts as seen only when the
 * restore has ended.
 */
export function startWatchdog({ redis, log, everyMs, onNewEpoch, onPoll }: Options): Watchdog {
  let seen: string | undefined;
  let polling: Promise<void> | undefined;

  async function pollOnce(): Promise<void> {
    try {
      const epoch = await renewEpoch(redis);
      if (epoch.id !== seen) {
        if (seen) {
          epochChanges.inc();
          log.warn({ epoch: epoch.id }, 'redis has begun a new epoch: restoring what is ours');
        }
        await onNewEpoch(epoch);
        seen = epoch.id;
      }
      await onPoll?.(epoch);
    } catch (error) {
      log.debug({ err: error }, 'watchdog failed');
    }
  }
  const poll = () => {
    polling ??= pollOnce().finally(() => {
      polling = undefined;
    });
    return polling;
  };
  // A poll under way may have asked the connection that was lost, so another one follows it.
  const onReady = () => void (polling ? polling.then(poll) : poll());
  redis.on('ready', onReady);
  const timer = setInterval(poll, everyMs ?? bounds.watchdogSeconds * 1000);
  void poll();
  const stop = () => {
    clearInterval(timer);
    redis.off('ready', onReady);
  };
  return { poll, stop };
}
