import { createHmac, timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { FoyerError } from '../../contract/errors.ts';
import { operatorOf } from './operator-of.ts';

/** Derived from the session token, so nothing is stored. Only a holder of the session can compute it. */
export const csrfTokenOf = (sessionToken: string): string =>
  createHmac('sha256', sessionToken).update('csrf').digest('base64url');

/**
 * Forms send the token in the field `csrf`, scripts in `x-csrf-token`. This check complements
 * SameSite=Strict and the origin check, either of which an old browser may not support.
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
