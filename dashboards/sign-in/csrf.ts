import { createHmac, timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { FoyerError } from '../../errors.ts';
import { operatorOf } from './operator-of.ts';

/** Bound to the session, and nothing to store: whoever can compute it holds the session already. */
export const csrfTokenOf = (sessionToken: string): string =>
  createHmac('sha256', sessionToken).update('csrf').digest('base64url');

/**
 * A form of ours carries the token in its field `csrf`, a script in `x-csrf-token`. This stands
 * beside SameSite=Strict and the check of the origin: either may fail in an old browser.
 * @throws {FoyerError} auth.forbidden
 */
export function checkCsrf(req: Request, res: Response, next: NextFunction): void {
  const given = req.get('x-csrf-token') ?? (req.body as { csrf?: unknown } | undefined)?.csrf;
  const wanted = operatorOf(res)?.csrfToken;
  if (typeof given !== 'string' || wanted === undefined || !same(given, wanted))
    throw new FoyerError('auth.forbidden', {
      detail: 'This form has expired. Reload the page and try again.',
    });
  next();
}

function same(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
