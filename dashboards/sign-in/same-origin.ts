import type { NextFunction, Request, Response } from 'express';
import { FoyerError } from '../../contract/errors.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Rejects cross-origin changes. Browsers send `Sec-Fetch-Site` and `Origin`, and a page on another
 * origin cannot forge them. The check includes the login form, because login CSRF signs a person in
 * as someone else.
 * @throws {FoyerError} auth.forbidden
 */
export function sameOrigin(req: Request, _res: Response, next: NextFunction): void {
  if (!SAFE.has(req.method) && verdictOf(req) === 'elsewhere')
    throw new FoyerError('auth.forbidden');
  next();
}

/**
 * Requests of Bull Board's page cannot carry a CSRF token. Changes on its mount must therefore state
 * that they are same-origin; a request without these headers is rejected.
 * @throws {FoyerError} auth.forbidden
 */
export function saysSameOrigin(req: Request, _res: Response, next: NextFunction): void {
  if (!SAFE.has(req.method) && verdictOf(req) !== 'here') throw new FoyerError('auth.forbidden');
  next();
}

function verdictOf(req: Request): 'here' | 'elsewhere' | 'silent' {
  const site = req.get('sec-fetch-site');
  const origin = req.get('origin');
  if (site !== undefined && site !== 'same-origin') return 'elsewhere';
  if (origin !== undefined && hostOf(origin) !== req.host) return 'elsewhere';
  return site === undefined && origin === undefined ? 'silent' : 'here';
}

/** Compares hosts, not schemes, because a proxy that terminates TLS may not forward the scheme. */
function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}
