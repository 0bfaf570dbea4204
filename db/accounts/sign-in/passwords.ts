import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { FoyerError } from '../../../contract/errors.ts';

/** The first OWASP recommendation for argon2id; about 25 ms on a development machine. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Half of libuv's four threads. The others stay free for file and DNS operations while many people sign in. */
const CONCURRENT = 2;
/** More than a second of work. Later callers are rejected at once. */
const MAX_WAITING = 64;

/**
 * A hash that no password matches, with the same cost as real hashes. It is verified for an unknown
 * username, so that the response takes the same time.
 */
const UNKNOWN = (() => {
  const text = (bytes: number) => randomBytes(bytes).toString('base64').replaceAll('=', '');
  const { memoryCost, timeCost, parallelism } = COST;
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${text(16)}$${text(32)}`;
})();

const slots = boundedSlots(CONCURRENT, MAX_WAITING);

/**
 * Hashes a password with argon2id in the PHC string format.
 * @throws {FoyerError} service.unavailable when too many hashes wait
 */
export const hashPassword = (password: string): Promise<string> =>
  slots(() => hash(password, COST));

/**
 * Whether the password matches. Without a hash (unknown user, no password set) it does the same work and
 * returns false.
 * @throws {FoyerError} service.unavailable when too many hashes wait
 */
export const verifyPassword = (
  passwordHash: string | null | undefined,
  password: string,
): Promise<boolean> => slots(() => verify(passwordHash ?? UNKNOWN, password));

/** Runs at most `concurrent` at once and queues at most `maxWaiting`, first in, first out. */
export function boundedSlots(concurrent: number, maxWaiting: number) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running < concurrent) running += 1;
    else if (waiting.length >= maxWaiting)
      throw new FoyerError('service.unavailable', { retryAfterSeconds: 2 });
    else await new Promise<void>((resolve) => waiting.push(resolve)); // the finishing call passes its slot on
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
