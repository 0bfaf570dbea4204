import cors from 'cors';
import type { RequestHandler } from 'express';

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
