import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Config } from '../config.ts';
import type { RedisClient } from '../db/redis.ts';
import { FoyerError } from '../errors.ts';
import { isLoopback } from './client-address.ts';
import { within } from './within.ts';

export interface Rate {
  points: number;
  seconds: number;
}

/** What a caller is told in the `RateLimit-*` headers. */
export interface Verdict {
  allowed: boolean;
  limit: number;
  remaining: number;
  resetSeconds: number;
}

export interface RateLimits {
  /** Every request of a person, or of an address that has not signed in. */
  general(who: { userId?: string | undefined; address: string }): Promise<Verdict>;
  /** @throws {FoyerError} rate.limited: attempts on one account from one address, right or wrong */
  login(username: string, address: string): Promise<void>;
  /** @throws {FoyerError} rate.limited: new guests from one address */
  guest(address: string): Promise<void>;
}

export const RATES = {
  general: { points: 300, seconds: 60 },
  login: { points: 5, seconds: 60 },
  guest: { points: 20, seconds: 60 },
} as const;
export type Rates = Record<keyof typeof RATES, Rate>;

interface Options {
  config: Pick<Config, 'RATE_LIMITS' | 'FOYER_EMBEDDED'>;
  redis: RedisClient;
  rates?: Partial<Rates>;
}

/** Limits across instances in Redis; while Redis is away, of this instance alone. */
export function createRateLimits({ config, redis, rates }: Options): RateLimits {
  const { general, login, guest } = { ...RATES, ...rates };
  const ask = {
    general: createLimiter('general', general, redis),
    login: createLimiter('login', login, redis),
    guest: createLimiter('guest', guest, redis),
  };
  const off = config.RATE_LIMITS === 'off';
  /** On an embedded installation loopback is its owner, who tries things out. */
  const exempt = (address: string) => off || (config.FOYER_EMBEDDED && isLoopback(address));
  return {
    general: async ({ userId, address }) =>
      exempt(address) ? untouched(general) : ask.general(userId ?? address),
    login: async (username, address) => {
      if (!off) insist(await ask.login(`${username.toLowerCase()}@${address}`));
    },
    guest: async (address) => {
      if (!exempt(address)) insist(await ask.guest(address));
    },
  };
}

const untouched = ({ points, seconds }: Rate): Verdict => ({
  allowed: true,
  limit: points,
  remaining: points,
  resetSeconds: seconds,
});

/** @throws {FoyerError} rate.limited with the time after which it is worth trying */
export function insist({ allowed, resetSeconds }: Verdict): void {
  if (!allowed) throw new FoyerError('rate.limited', { retryAfterSeconds: resetSeconds });
}

/** A count is not worth a longer wait; a frozen Redis is met by the request's own command too. */
const ASK_MS = 200;
/** While Redis is away it is asked again only this often, and nobody waits for that answer. */
const PROBE_MS = 2_000;

function createLimiter(name: string, { points, seconds }: Rate, redis: RedisClient) {
  const options = { keyPrefix: `limit:${name}`, points, duration: seconds };
  const shared = new RateLimiterRedis({
    ...options,
    storeClient: redis,
    rejectIfRedisNotReady: true,
  });
  const local = new RateLimiterMemory(options);
  let away = false;
  let probeAt = 0;

  async function askShared(key: string): Promise<RateLimiterRes> {
    try {
      const result = await within(ASK_MS, outcome(shared.consume(key)), () => new Error('slow'));
      away = false;
      return result;
    } catch (error) {
      if (!away) probeAt = Date.now() + PROBE_MS;
      away = true;
      throw error;
    }
  }

  return async (key: string): Promise<Verdict> => {
    let result: RateLimiterRes;
    if (away) {
      if (Date.now() >= probeAt) {
        probeAt = Date.now() + PROBE_MS;
        askShared(key).catch(() => {});
      }
      result = await outcome(local.consume(key));
    } else {
      result = await askShared(key).catch(() => outcome(local.consume(key)));
    }
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
