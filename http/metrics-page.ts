import { createHash, timingSafeEqual } from 'node:crypto';
import type { Express } from 'express';
import type { Config } from '../config.ts';
import { FoyerError } from '../errors.ts';
import { registry, scrape } from '../metrics.ts';
import { bearerOf } from './bearer.ts';
import { stateOf } from './request-state.ts';

type Guarded = Pick<Config, 'METRICS_TOKEN'>;

/** `/metrics` in Prometheus' text form; behind `METRICS_TOKEN` when that is set. */
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
  // hashed first: the comparison then takes the same time whatever was sent
  if (!timingSafeEqual(digest(token), digest(METRICS_TOKEN))) throw new FoyerError('auth.invalid');
}

const digest = (text: string) => createHash('sha256').update(text).digest();
