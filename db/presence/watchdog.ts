import { bounds } from '../../config.ts';
import type { Log } from '../../log.ts';
import { epochChanges } from '../../metrics.ts';
import type { RedisClient } from '../redis.ts';
import { type Epoch, renewEpoch } from './epoch.ts';

export interface Watchdog {
  /** Look now. Used by the timer, by tests, and after a reconnect. */
  poll(): Promise<void>;
  stop(): void;
}

interface Options {
  redis: RedisClient;
  log: Log;
  everyMs?: number;
  /** Redis lost its memory (or this process just began): restore what this process owns. */
  onNewEpoch: (epoch: Epoch) => Promise<void>;
  /** On every poll, Redis being there. */
  onPoll?: (epoch: Epoch) => Promise<void>;
}

/**
 * Every process watches the epoch. A restore that fails is tried again at the next poll, because
 * the epoch counts as seen only when the restore has ended.
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
  const timer = setInterval(poll, everyMs ?? bounds.watchdogSeconds * 1000);
  void poll();
  return { poll, stop: () => clearInterval(timer) };
}
