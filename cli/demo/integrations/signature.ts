import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** How far the clock of the sender may differ (seconds). */
const TOLERANCE = 300;

/**
 * Checks the signature of a request as Standard Webhooks describes. The demo does not use the code of the
 * sender, so that it finds a fault there.
 * @param secret `whsec_` and base64
 * @returns what is wrong, or null for a valid signature
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
  if (Math.abs(nowSeconds - Number(timestamp)) > TOLERANCE)
    return 'the timestamp is too old or too new';
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  const isSigned = signatures.split(' ').some((signature) => {
    const [version, text = ''] = signature.split(',');
    const given = Buffer.from(text, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
  return isSigned ? null : 'no signature fits this body and secret';
}
