import { createHash, timingSafeEqual } from 'node:crypto';
import type { Express } from 'express';
import type { Config } from '../config.ts';
import { FoyerError } from '../contract/errors.ts';
import { registry, scrape } from '../metrics.ts';
import { bearerOf } from './bearer.ts';
import { stateOf } from './request-state.ts';

type Guarded = Pick<Config, 'METRICS_TOKEN'>;

/** `/metrics` in the Prometheus text format. Requires `METRICS_TOKEN` if it is set. */
export const metricsPage = (config: Guarded) => (app: Express) => {
  app.get('/metrics', async (req, res) => {
    stateOf(res).route = '/metrics';
    admitScrape(config, req.headers.authorization);
    res.set('cache-control', 'no-store').type(registry.contentType);
    res.end(await scrape());
  });
};

/** @throws {FoyerError} auth.required · auth.invalid */
export function admitScrape({ METRICS_TOKEN }: Guarded, authorization: string | undefined): void {
  if (METRICS_TOKEN === undefined) return;
  const token = bearerOf(authorization);
  if (token === undefined) throw new FoyerError('auth.required');
  // hashing first makes the comparison constant-time for tokens of any length
  if (!timingSafeEqual(digest(token), digest(METRICS_TOKEN))) throw new FoyerError('auth.invalid');
}

const digest = (text: string) => createHash('sha256').update(text).digest();
