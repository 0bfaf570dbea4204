import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { Config } from '../config.ts';

const SELF = ["'self'"];
const NONE = ["'none'"];

/** Nothing inline and nothing from elsewhere: what our pages need is a file of ours. */
const directives = {
  defaultSrc: NONE,
  scriptSrc: SELF,
  styleSrc: SELF,
  imgSrc: ["'self'", 'data:'],
  fontSrc: SELF,
  connectSrc: SELF,
  mediaSrc: ["'self'", 'blob:'],
  manifestSrc: SELF,
  workerSrc: SELF,
  formAction: SELF,
  frameAncestors: NONE,
  baseUri: NONE,
};

/** Calls are heard, not seen; a page that is framed or planted gets none of it. */
const PERMISSIONS =
  'microphone=(self), autoplay=(self), camera=(), display-capture=(), geolocation=(), payment=(), usb=()';

type Directives = Partial<Record<keyof typeof directives, string[]>>;

interface Differences {
  /** Directives of one mount that differ. */
  more?: Directives;
  /** With `no-referrer` browsers also hide the origin of a form from its own server. */
  referrer?: 'no-referrer' | 'same-origin';
}

export function securityHeaders(
  config: Pick<Config, 'publicUrl'>,
  { more = {}, referrer = 'no-referrer' }: Differences = {},
): RequestHandler {
  const headers = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { ...directives, ...more } },
    // over plain http it would be ignored at best, and lock a mixed installation out at worst
    strictTransportSecurity: config.publicUrl.startsWith('https:'),
    referrerPolicy: { policy: referrer },
    // OpenAPI, frames and boards may be read from the pages that CORS_ORIGINS names
    crossOriginResourcePolicy: { policy: 'same-site' },
  });
  return (req, res, next) => {
    res.setHeader('permissions-policy', PERMISSIONS);
    headers(req, res, next);
  };
}
