import type { Express } from 'express';
import { stateOf } from '../../http/request-state.ts';
import type { AdminDeps } from '../deps.ts';
import { framed } from '../frame.ts';
import { theOperator } from '../sign-in/operator-of.ts';
import { overviewBody } from './page.ts';

/** `/admin`, and the stats that its script asks for every two seconds. */
export function mountOverview(app: Express, { overview }: AdminDeps): void {
  app.get('/admin', (_req, res) => {
    stateOf(res).route = '/admin';
    const frame = { operator: theOperator(res), own: 'overview' };
    res.type('html').send(framed('Overview', overviewBody, frame));
  });
  app.get('/admin/api/overview', async (_req, res) => {
    stateOf(res).route = '/admin/api/overview';
    res.json(await overview());
  });
}
