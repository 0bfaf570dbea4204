import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { Config } from '../config.ts';

const SELF = ["'self'"];
const NONE = ["'none'"];

/** No inline code and no external resources: our pages use only files of this server. */
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

/** Calls need only the microphone. Framed pages get no permissions. */
const PERMISSIONS =
  'microphone=(self), autoplay=(self), camera=(), display-capture=(), geolocation=(), payment=(), usb=()';

type Directives = Partial<Record<keyof typeof directives, string[]>>;

interface Differences {
  /** Directives that differ for one mount. */
  more?: Directives;
  /** With `no-referrer`, browsers send no origin with a form, not even to its own server. */
  referrer?: 'no-referrer' | 'same-origin';
}

export function securityHeaders(
  config: Pick<Config, 'publicUrl'>,
  { more = {}, referrer = 'no-referrer' }: Differences = {},
): RequestHandler {
  const headers = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { ...directives, ...more } },
    // over plain http, browsers ignore it; on a mixed installation it could lock people out
    strictTransportSecurity: config.publicUrl.startsWith('https:'),
    referrerPolicy: { policy: referrer },
    // pages from CORS_ORIGINS may read OpenAPI, frames and boards
    crossOriginResourcePolicy: { policy: 'same-site' },
  });
  return (req, res, next) => {
    res.setHeader('permissions-policy', PERMISSIONS);
    headers(req, res, next);
  };
}

/** For a page that every site may show in a frame. Everything else stays as strict as for other pages. */
export function frameableHeaders(config: Pick<Config, 'publicUrl'>): RequestHandler {
  const strict = securityHeaders(config, { more: { frameAncestors: ['*'] } });
  return (req, res, next) => {
    strict(req, res, () => {
      // The older header for the same thing; it has no value that allows every site.
      res.removeHeader('x-frame-options');
      res.setHeader('cross-origin-resource-policy', 'cross-origin');
      next();
    });
  };
}
