import { createHash } from 'node:crypto';
import { bounds } from '../../config.ts';
import { FoyerError } from '../../contract/errors.ts';

/** @throws {FoyerError} request.invalid for an empty or overlong key */
export function checkKey(key: string): string {
  if (key.length > 0 && key.length <= bounds.idempotencyKeyLength) return key;
  const message = `must have 1 to ${bounds.idempotencyKeyLength} characters`;
  throw new FoyerError('request.invalid', { errors: [{ path: 'Idempotency-Key', message }] });
}

/** The hash of a request. The order of the fields in the body does not change it. */
export function hashOf(method: string, path: string, body: unknown): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([method, path, sorted(body)]))
    .digest();
}

/** A one-way hash that identifies the holder of a claim. */
export const hashOfClaim = (claim: string): string =>
  createHash('sha256').update(claim).digest('base64url');

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, item]) => [name, sorted(item)]);
}
