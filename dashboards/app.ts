import express, { type Express } from 'express';
import { FoyerError } from '../contract/errors.ts';
import { createReadiness } from '../db/readiness.ts';
import { accessLog } from '../http/access-log.ts';
import { metricsPage } from '../http/metrics-page.ts';
import { stateOf } from '../http/request-state.ts';
import { securityHeaders } from '../http/security-headers.ts';
import { mountAssets } from './assets.ts';
import { mountAudit } from './audit-page.ts';
import { mountBoard } from './board/mount.ts';
import type { AdminDeps } from './deps.ts';
import { domains } from './domains.ts';
import { errorAnswer } from './error-answer.ts';
import { mountFailedJobs } from './failed-jobs/routes.ts';
import { mountOverview } from './overview/routes.ts';
import type { Panel } from './panel.ts';
import { admitOperators } from './sign-in/gate.ts';
import { mountSignIn } from './sign-in/routes.ts';
import { sameOrigin } from './sign-in/same-origin.ts';

/**
 * The operator pages. Routes mounted before the gate are public: health checks, metrics (which have
 * their own token), the assets of the login page, and the login itself.
 */
export function createAdminApp(deps: AdminDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('case sensitive routing', true);
  // `req.ip`, `req.protocol` and `req.host` trust forwarded headers only from these proxies.
  app.set('trust proxy', deps.config.TRUSTED_PROXIES);
  app.use(accessLog(deps.log));
  app.use(securityHeaders(deps.config, { referrer: 'same-origin' }));
  mountHealth(app, deps);
  metricsPage(deps.config)(app);
  mountAssets(app);
  app.use((_req, res, next) => {
    res.set('cache-control', 'no-store');
    next();
  });
  app.use(sameOrigin);
  mountSignIn(app, deps);

  app.use('/admin', admitOperators(deps));
  mountOverview(app, deps);
  mountFailedJobs(app, deps);
  mountAudit(app, deps);
  const panels: readonly Panel<string, unknown>[] = domains;
  for (const { pages } of panels) pages?.(app, deps);
  mountBoard(app, deps);
  app.get('/', (_req, res) => res.redirect(303, '/admin'));
  app.use(() => {
    throw new FoyerError('route.not_found');
  });
  app.use(errorAnswer(deps.log));
  return app;
}

function mountHealth(app: Express, { db, redis, state }: AdminDeps): void {
  const check = createReadiness(db, redis);
  app.get('/health/live', (_req, res) => {
    stateOf(res).route = '/health/live';
    res.json({ status: 'ok' });
  });
  app.get('/health/ready', async (_req, res) => {
    stateOf(res).route = '/health/ready';
    const checks = await check();
    const ok = !state.stopping && Object.values(checks).every((each) => each.ok);
    res.status(ok ? 200 : 503).json({ status: ok ? 'ok' : 'unavailable', checks });
  });
}
