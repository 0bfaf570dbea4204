import { bounds } from '../../config.ts';
import type { Log } from '../../log.ts';
import { epochChanges } from '../../metrics.ts';
import type { RedisClient } from '../redis.ts';
import { type Epoch, renewEpoch } from './epoch.ts';

export interface Watchdog {
  /** Look now. Used by the timer, by tests, and after a reconnect. */
  look(): Promise<void>;
  stop(): void;
}

interface Options {
  redis: RedisClient;
  log: Log;
  everyMs?: number;
  /** Redis lost its memory (or this process just began): restore what this process owns. */
  onNewEpoch: (epoch: Epoch) => Promise<void>;
  /** On every look, Redis being there. */
  onLook?: (epoch: Epoch) => Promise<void>;
}

/**
 * Every process watches the epoch. A restore that fails is tried again at the next look, because
 * the epoch counts as seen only when the restore has ended.
 */
export function startWatchdog({ redis, log, everyMs, onNewEpoch, onLook }: Options): Watchdog {
  let seen: string | undefined;
  let looking: Promise<void> | undefined;

  async function lookOnce(): Promise<void> {
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
      await onLook?.(epoch);
    } catch (error) {
      log.debug({ err: error }, 'watchdog could not look');
    }
  }
  const look = () => {
    looking ??= lookOnce().finally(() => {
      looking = undefined;
    });
    return looking;
  };
  const timer = setInterval(look, everyMs ?? bounds.watchdogSeconds * 1000);
  void look();
  return { look, stop: () => clearInterval(timer) };
}
