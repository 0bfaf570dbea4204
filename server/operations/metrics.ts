import { createHash, timingSafeEqual } from 'node:crypto';
import type { Express } from 'express';
import type { Config } from '../../config.ts';
import { FoyerError } from '../../errors.ts';
import { registry } from '../../metrics.ts';
import { bearerOf } from '../access.ts';
import { stateOf } from '../request-state.ts';

/** `/metrics` in Prometheus' text form; behind `METRICS_TOKEN` when that is set. */
export const metricsPage = (config: Pick<Config, 'METRICS_TOKEN'>) => (app: Express) => {
  app.get('/metrics', async (req, res) => {
    stateOf(res).route = '/metrics';
    if (config.METRICS_TOKEN !== undefined) {
      admit(req.headers.authorization, config.METRICS_TOKEN);
    }
    res.set('cache-control', 'no-store').type(registry.contentType);
    res.end(await registry.metrics());
  });
};

/** @throws {FoyerError} auth.required · auth.invalid */
function admit(authorization: string | undefined, expected: string): void {
  const token = bearerOf(authorization);
  if (token === undefined) throw new FoyerError('auth.required');
  // hashed first: the comparison then takes the same time whatever was sent
  if (!timingSafeEqual(digest(token), digest(expected))) throw new FoyerError('auth.invalid');
}

const digest = (text: string) => createHash('sha256').update(text).digest();
