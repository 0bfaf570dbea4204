import cors from 'cors';
import type { RequestHandler } from 'express';

const EXPOSED = [
  'x-request-id',
  'idempotency-replayed',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'Retry-After',
  'ETag',
  'Content-Disposition',
];

/**
 * Answers other sites only when CORS_ORIGINS names them. Scripts send bearer tokens themselves, so no
 * credentials are allowed.
 */
export function crossOrigin(origins: readonly string[]): RequestHandler {
  return cors({
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: EXPOSED,
    maxAge: 600,
  });
}

const everyOrigin = cors({ origin: '*', methods: ['GET', 'HEAD'], exposedHeaders: EXPOSED });

/** Lets the scripts of every site read a route. Its answer must not depend on the caller. */
export const anyOrigin: RequestHandler = (req, res, next) => {
  res.setHeader('cross-origin-resource-policy', 'cross-origin');
  everyOrigin(req, res, next);
};
