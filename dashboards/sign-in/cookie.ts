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

/** The session token in the cookie of a request. */
export function tokenOf(req: Request): string | undefined {
  const name = nameOf(req);
  for (const part of (req.headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split('=');
    if (key === name && value && /^[\w-]{20,100}$/.test(value)) return value;
  }
  return undefined;
}
