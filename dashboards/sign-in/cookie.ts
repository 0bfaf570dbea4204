import { parseCookie } from 'cookie';
import type { Request, Response } from 'express';
import { bounds } from '../../config.ts';

const MAX_AGE_MS = bounds.adminSessionHours * 3600 * 1000;

/**
 * Over https, the `__Host-` prefix makes browsers require Secure and bind the cookie to this host. Over
 * plain http (loopback, a tunnel) browsers would not send a Secure cookie. Cookies are shared between
 * ports, so the plain cookie is limited to our path.
 */
const nameOf = (req: Request) => (req.secure ? '__Host-foyer-admin' : 'foyer-admin');
const optionsOf = (req: Request) =>
  ({
    httpOnly: true,
    sameSite: 'strict',
    secure: req.secure,
    path: req.secure ? '/' : '/admin',
  }) as const;

export function giveCookie(req: Request, res: Response, token: string): void {
  res.cookie(nameOf(req), token, { ...optionsOf(req), maxAge: MAX_AGE_MS });
}

export function takeCookie(req: Request, res: Response): void {
  res.clearCookie(nameOf(req), optionsOf(req));
}

const TOKEN = /^[\w-]{20,100}$/;

/** The session token in the cookie of a request. */
export function tokenOf(req: Request): string | undefined {
  const value = parseCookie(req.headers.cookie ?? '')[nameOf(req)];
  return value !== undefined && TOKEN.test(value) ? value : undefined;
}
