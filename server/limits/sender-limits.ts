import { bounds, type Config } from '../../config.ts';
import type { RawBody } from '../../contract/answers.ts';
import { FoyerError } from '../../contract/errors.ts';
import { addressKey } from './client-address.ts';
import { createTokenBuckets } from './token-buckets.ts';

/** @throws {FoyerError} rate.limited when the sender, or the address that it sends from, sends too much */
export type TakeSender = (sender: string, address: string) => void;

/** What the senders of raw bodies may do on one instance. */
export interface SenderLimits {
  /** The limit of one route. */
  of(raw: RawBody): TakeSender;
}

const now = () => performance.now();
/** A longer name is cut: no sender of ours has one. */
const NAME_LENGTH = 64;

/**
 * Limits by sender. The addresses have one limit for all routes: without it, somebody who makes up
 * senders would have no limit.
 */
export function createSenderLimits({ RATE_LIMITS }: Pick<Config, 'RATE_LIMITS'>): SenderLimits {
  const takeAddress = createTokenBuckets({
    perSecond: bounds.sendersPerSecond,
    burst: bounds.senderBurst,
    now,
  });
  return {
    of({ perSecond, burst }) {
      const takeSender = createTokenBuckets({ perSecond, burst, now });
      return (sender, address) => {
        if (RATE_LIMITS === 'off') return;
        if (takeAddress(addressKey(address)) && takeSender(sender.slice(0, NAME_LENGTH))) return;
        throw new FoyerError('rate.limited', { retryAfterSeconds: 1 });
      };
    },
  };
}
