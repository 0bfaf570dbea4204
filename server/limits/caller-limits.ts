import { FoyerError } from '../../contract/errors.ts';
import { createTokenBuckets } from './token-buckets.ts';

/**
 * Limits of one caller on this instance, over all sockets and HTTP together. Instances do not share
 * them: a person with sockets on two instances has two buckets.
 */
export interface CallerLimits {
  /** @throws {FoyerError} rate.limited when the bucket does not hold the weight */
  take(key: string, weight?: number): void;
  /**
   * Run `work` when few enough calls of the caller are under way, in the order of the calls.
   * @throws {FoyerError} rate.limited when too many wait already
   */
  run<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
}

interface Options {
  /** Points a second, and the burst of a caller who was idle. */
  perSecond: number;
  burst: number;
  inFlight: number;
  waiting: number;
  /** The rate is off; the number of calls under way stays bounded. */
  isRateOff: boolean;
  /** Milliseconds of a clock that does not jump. */
  now?: () => number;
}

interface Turn {
  running: number;
  waiting: (() => void)[];
}

/** Creates the limits of all callers of one kind; each caller has a key. */
export function createCallerLimits(options: Options): CallerLimits {
  const { perSecond, burst, inFlight, waiting, isRateOff } = options;
  const { now = () => performance.now() } = options;
  const takeTokens = createTokenBuckets({ perSecond, burst, now });
  const turns = new Map<string, Turn>();

  function leave(key: string, turn: Turn): void {
    const next = turn.waiting.shift();
    if (next) next();
    else turn.running -= 1;
    if (turn.running === 0) turns.delete(key);
  }

  /** Resolves when it is the caller's turn; undefined when it is at once. */
  function enter(turn: Turn): Promise<void> | undefined {
    if (turn.running < inFlight) {
      turn.running += 1;
      return undefined;
    }
    if (turn.waiting.length >= waiting)
      throw new FoyerError('rate.limited', { retryAfterSeconds: 1 });
    return new Promise((resolve) => turn.waiting.push(resolve));
  }

  return {
    take(key, weight = 1) {
      if (isRateOff || takeTokens(key, weight)) return;
      throw new FoyerError('rate.limited', { retryAfterSeconds: Math.ceil(weight / perSecond) });
    },
    async run(key, work) {
      const turn = turns.get(key) ?? { running: 0, waiting: [] };
      turns.set(key, turn);
      const mine = enter(turn);
      if (mine) await mine;
      try {
        return await work();
      } finally {
        leave(key, turn);
      }
    },
  };
}
