import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { FoyerError } from '../contract/errors.ts';
import { withTimeout } from '../with-timeout.ts';
import type { RedisClient } from './redis.ts';

export interface Rate {
  points: number;
  seconds: number;
}

/** The values of the `RateLimit-*` headers. */
export interface Verdict {
  allowed: boolean;
  limit: number;
  remaining: number;
  resetSeconds: number;
}

/** @throws {FoyerError} rate.limited with the time after which it is worth trying */
export function enforce({ allowed, resetSeconds }: Verdict): void {
  if (!allowed) throw new FoyerError('rate.limited', { retryAfterSeconds: resetSeconds });
}

/** A count is not worth a longer wait. The request's own commands meet a frozen Redis too. */
const ASK_MS = 200;
/** While Redis is unavailable it is asked again only this often, and nobody waits for that answer. */
const PROBE_MS = 2_000;

/** One limit across instances in Redis. While Redis is unavailable, each instance counts for itself. */
export function createLimiter(name: string, { points, seconds }: Rate, redis: RedisClient) {
  const options = { keyPrefix: `limit:${name}`, points, duration: seconds };
  const shared = new RateLimiterRedis({
    ...options,
    storeClient: redis,
    rejectIfRedisNotReady: true,
  });
  const local = new RateLimiterMemory(options);
  const breaker = circuitBreaker(handleAll, {
    halfOpenAfter: PROBE_MS,
    breaker: new ConsecutiveBreaker(1),
  });
  const askShared = (key: string) =>
    breaker.execute(() =>
      withTimeout(ASK_MS, outcome(shared.consume(key)), () => new Error('slow')),
    );

  async function ask(key: string): Promise<RateLimiterRes> {
    if (breaker.state === CircuitState.Closed)
      return askShared(key).catch(() => outcome(local.consume(key)));
    // While it is open this throws at once, until the time of a probe. During a probe nothing else asks.
    if (breaker.state === CircuitState.Open) askShared(key).catch(() => {});
    return outcome(local.consume(key));
  }

  return async (key: string): Promise<Verdict> => {
    const result = await ask(key);
    return {
      allowed: result.consumedPoints <= points,
      limit: points,
      remaining: result.remainingPoints,
      resetSeconds: Math.max(1, Math.ceil(result.msBeforeNext / 1000)),
    };
  };
}

/** The library rejects with the count when it is over the limit, and with an error when it failed. */
async function outcome(consumed: Promise<RateLimiterRes>): Promise<RateLimiterRes> {
  try {
    return await consumed;
  } catch (error) {
    if (error instanceof RateLimiterRes) return error;
    throw error;
  }
}
