import { bounds, type Config } from '../../config.ts';
import { createLimiter, enforce, type Rate, type Verdict } from '../../db/rate-limiter.ts';
import type { RedisClient } from '../../db/redis.ts';
import { type CallerLimits, createCallerLimits } from './caller-limits.ts';
import { addressKey, isLoopback } from './client-address.ts';

export interface RateLimits {
  /** Every request of a person, or of an address that has not signed in. */
  general(who: { userId?: string | undefined; address: string }): Promise<Verdict>;
  /** @throws {FoyerError} rate.limited: attempts on one account from one address, right or wrong */
  login(username: string, address: string): Promise<void>;
  /** @throws {FoyerError} rate.limited: new guests from one address */
  guest(address: string): Promise<void>;
  /** By user id: commands and requests of one person on this instance. */
  person: CallerLimits;
  /** By address: commands of sockets without a signed-in user. */
  anonymous: CallerLimits;
}

/** The rates of each limit. */
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

/** Limits across instances in Redis. While Redis is unavailable, each instance counts for itself. */
export function createRateLimits({ config, redis, rates }: Options): RateLimits {
  const { general, login, guest } = { ...RATES, ...rates };
  const ask = {
    general: createLimiter('general', general, redis),
    login: createLimiter('login', login, redis),
    guest: createLimiter('guest', guest, redis),
  };
  const off = config.RATE_LIMITS === 'off';
  /** On an embedded installation, loopback is the developer who tries it out. */
  const exempt = (address: string) => off || (config.FOYER_EMBEDDED && isLoopback(address));
  return {
    general: async ({ userId, address }) =>
      exempt(address) ? untouched(general) : ask.general(userId ?? addressKey(address)),
    login: async (username, address) => {
      if (!off) enforce(await ask.login(`${username.toLowerCase()}@${addressKey(address)}`));
    },
    guest: async (address) => {
      if (!exempt(address)) enforce(await ask.guest(addressKey(address)));
    },
    person: createCallerLimits({
      perSecond: bounds.personPointsPerSecond,
      burst: bounds.personPointBurst,
      inFlight: bounds.personInFlight,
      waiting: bounds.personWaiting,
      isRateOff: off,
    }),
    anonymous: createCallerLimits({
      perSecond: bounds.addressPointsPerSecond,
      burst: bounds.addressPointBurst,
      inFlight: bounds.addressInFlight,
      waiting: bounds.addressWaiting,
      isRateOff: off,
    }),
  };
}

const untouched = ({ points, seconds }: Rate): Verdict => ({
  allowed: true,
  limit: points,
  remaining: points,
  resetSeconds: seconds,
});
