import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { FoyerError } from '../contract/errors.ts';
import { accessLog } from '../http/access-log.ts';
import { PROBLEM_TYPE, toFoyerError, toProblem } from '../http/problem.ts';
import { requestError } from '../http/request-error.ts';
import { stateOf } from '../http/request-state.ts';
import { securityHeaders } from '../http/security-headers.ts';
import type { ServerDeps } from './deps.ts';
import { createClientAddress } from './limits/client-address.ts';
import { createSenderLimits } from './limits/sender-limits.ts';
import { createGate, createStreamLimits } from './routes/admit.ts';
import { anyOrigin, crossOrigin } from './routes/cross-origin.ts';
import type { MountedRoute } from './routes/route.ts';
import { runRoute } from './routes/run-route.ts';

export interface AppExtras {
  /** Mounted before the 404 answer: pages, metrics, documents. */
  pages?: ((app: Express) => void)[];
}

/** The HTTP side of one server: every route of the catalogue behind the same checks. */
export function createApp(
  deps: ServerDeps,
  routes: readonly MountedRoute[],
  { pages = [] }: AppExtras = {},
): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('case sensitive routing', true);
  app.use(accessLog(deps.log));
  app.use(securityHeaders(deps.config));
  // Before the named origins, which would answer the preflight of a route that is open to all.
  for (const { route } of routes)
    if (route.anyOrigin) app.options(expressPath(route.path), anyOrigin);
  if (deps.config.CORS_ORIGINS.length > 0) app.use(crossOrigin(deps.config.CORS_ORIGINS));
  mountRoutes(app, deps, routes);
  for (const add of pages) add(app);
  app.use(() => {
    throw new FoyerError('route.not_found');
  });
  app.use(errorAnswer(deps));
  return app;
}

function mountRoutes(app: Express, deps: ServerDeps, routes: readonly MountedRoute[]): void {
  const addressOf = createClientAddress(deps.config.TRUSTED_PROXIES);
  const senders = createSenderLimits(deps.config);
  const streams = createStreamLimits();
  const methods = new Map<string, string[]>();
  for (const mounted of [...routes].sort(fixedFirst)) {
    const { method, path, anyOrigin: isOpen } = mounted.route;
    methods.set(path, [...(methods.get(path) ?? []), method.toUpperCase()]);
    const ready = { mounted, gate: createGate(mounted, senders, streams) };
    if (isOpen) app[method](expressPath(path), anyOrigin);
    app[method](expressPath(path), (req, res) => {
      stateOf(res).route = path;
      return runRoute(deps, ready, req, res, addressOf(req));
    });
  }
  for (const [path, allowed] of methods) {
    const allow = allowed.includes('GET') ? [...allowed, 'HEAD'] : allowed;
    app.all(expressPath(path), (_req, res) => {
      stateOf(res).route = path;
      res.setHeader('allow', allow.join(', '));
      throw new FoyerError('route.method_not_allowed');
    });
  }
}

/** `/v1/sessions/current` before `/v1/sessions/{id}`, in any order of declaration. */
const fixedFirst = (a: MountedRoute, b: MountedRoute) => holes(a) - holes(b);
const holes = ({ route }: MountedRoute) => route.path.split('{').length;
const expressPath = (path: string) => path.replace(/\{(\w+)\}/g, ':$1');

/** Express recognises an error handler by its four parameters. */
const errorAnswer =
  ({ log }: ServerDeps) =>
  (error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    const state = stateOf(res);
    const child = log.child({ request_id: state.requestId, user_id: state.userId });
    const foyerError = toFoyerError(requestError(error), child);
    if (res.headersSent || res.destroyed) return;
    const { status, headers, body } = toProblem(foyerError, state.requestId);
    res.status(status).set({ ...headers, 'content-type': PROBLEM_TYPE });
    res.set('cache-control', 'no-store').end(JSON.stringify(body));
  };
