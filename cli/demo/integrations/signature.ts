import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Seconds that the clock of a sender may differ. */
const TOLERANCE = 300;

/**
 * Checks a request as Standard Webhooks asks.
 * @param secret `whsec_` and base64
 * @returns why it is not signed; null when it is
 */
export function problemOf(
  headers: IncomingHttpHeaders,
  body: Buffer,
  { secret, nowSeconds }: { secret: string; nowSeconds: number },
): string | null {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signatures = headers['webhook-signature'];
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string')
    return 'a header is missing';
  if (!/^\d{1,12}$/.test(timestamp)) return 'the timestamp is not a number';
  if (Math.abs(nowSeconds - Number(timestamp)) > TOLERANCE) return 'the timestamp is not of now';
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  const isSigned = signatures.split(' ').some((signature) => {
    const [version, text = ''] = signature.split(',');
    const given = Buffer.from(text, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
  return isSigned ? null : 'no signature is of this body and secret';
}
