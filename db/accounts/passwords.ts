import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { FoyerError } from '../../errors.ts';

/** OWASP's first recommendation for argon2id, about 25 ms here. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Half of libuv's four threads: the others stay free for files and names while many people sign in. */
const CONCURRENT = 2;
/** More than a second of work; whoever comes after that is better told at once. */
const MAX_WAITING = 64;

/**
 * A hash that no password fits (nobody computed it), of the same cost as real ones: what is verified
 * for an unknown username, so that the answer takes the same time.
 */
const UNKNOWN = (() => {
  const text = (bytes: number) => randomBytes(bytes).toString('base64').replaceAll('=', '');
  const { memoryCost, timeCost, parallelism } = COST;
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${text(16)}$${text(32)}`;
})();

const slots = boundedSlots(CONCURRENT, MAX_WAITING);

/**
 * argon2id, in the PHC string format.
 * @throws {FoyerError} service.unavailable when too many hashes wait
 */
export const hashPassword = (password: string): Promise<string> =>
  slots(() => hash(password, COST));

/**
 * Whether the password fits. Without a hash (unknown person, no password set) it does the same work
 * and says no.
 * @throws {FoyerError} service.unavailable when too many hashes wait
 */
export const verifyPassword = (
  passwordHash: string | null | undefined,
  password: string,
): Promise<boolean> => slots(() => verify(passwordHash ?? UNKNOWN, password));

/** At most `concurrent` at once and `maxWaiting` behind them, first come first served. */
export function boundedSlots(concurrent: number, maxWaiting: number) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running < concurrent) running += 1;
    else if (waiting.length >= maxWaiting)
      throw new FoyerError('service.unavailable', { retryAfterSeconds: 2 });
    else await new Promise<void>((resolve) => waiting.push(resolve)); // the slot is handed over
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
