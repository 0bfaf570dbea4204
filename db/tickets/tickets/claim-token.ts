import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Config } from '../../../config.ts';

type Secrets = Pick<Config, 'authSecrets'>;

const KEY_BYTES = 32;
const keys = new Map<string, Buffer>();

/** A key of its own for each secret, so that a claim token is no other kind of token. */
function keyOf(secret: string): Buffer {
  const known = keys.get(secret);
  if (known) return known;
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'tickets: claim token', KEY_BYTES));
  keys.set(secret, key);
  return key;
}

const sign = (secret: string, ticketId: string) =>
  createHmac('sha256', keyOf(secret)).update(ticketId).digest('base64url');

/** The credential of a ticket's owner: an HMAC of its id. Nothing is stored, and it is always the same. */
export const claimTokenOf = ({ authSecrets }: Secrets, ticketId: string): string =>
  sign(authSecrets[0] ?? '', ticketId);

/** Whether this token is the claim of this ticket, under any of the secrets. */
export const isClaimOf = ({ authSecrets }: Secrets, ticketId: string, token: string): boolean =>
  authSecrets.some((secret) => {
    const right = Buffer.from(sign(secret, ticketId));
    const given = Buffer.from(token);
    return given.length === right.length && timingSafeEqual(given, right);
  });
