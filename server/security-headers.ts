import cors from 'cors';
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

export function securityHeaders(config: Pick<Config, 'publicUrl'>): RequestHandler {
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    // over plain http it would be ignored at best, and lock a mixed installation out at worst
    strictTransportSecurity: config.publicUrl.startsWith('https:'),
    referrerPolicy: { policy: 'no-referrer' },
    // OpenAPI, frames and boards may be read from the pages that CORS_ORIGINS names
    crossOriginResourcePolicy: { policy: 'same-site' },
  });
}

const EXPOSED = [
  'x-request-id',
  'idempotency-replayed',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'Retry-After',
];

/** Without CORS_ORIGINS no other site is answered. Bearers are sent by hand, so no credentials. */
export function crossOrigin(origins: readonly string[]): RequestHandler {
  return cors({
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: EXPOSED,
    maxAge: 600,
  });
}
