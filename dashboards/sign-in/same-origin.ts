import type { NextFunction, Request, Response } from 'express';
import { FoyerError } from '../../errors.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A browser says where a request comes from, in `Sec-Fetch-Site` and `Origin`; a page elsewhere
 * cannot forge either. What says that it comes from elsewhere changes nothing here, the login form
 * included (signing somebody in as another is an attack too).
 * @throws {FoyerError} auth.forbidden
 */
export function sameOrigin(req: Request, _res: Response, next: NextFunction): void {
  if (!SAFE.has(req.method) && verdictOf(req) === 'elsewhere')
    throw new FoyerError('auth.forbidden');
  next();
}

/**
 * Bull Board's page sends requests that cannot carry a token of ours. On its mount a change must
 * therefore say that it comes from here: silence, which a form's token would make good, is refused.
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

/** Hosts are compared and not schemes: a proxy that ends TLS may not say so. */
function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}
