import type { Request, Response } from 'express';
import { z } from 'zod';
import { bounds } from '../../config.ts';
import { FoyerError } from '../../contract/errors.ts';
import { enforce } from '../../db/rate-limiter.ts';
import { stateOf } from '../../http/request-state.ts';
import { withTimeout } from '../../with-timeout.ts';
import type { Caller, ServerDeps } from '../deps.ts';
import { identify } from './access.ts';
import { answer } from './answer.ts';
import { checkKey, hashOf } from './idempotency.ts';
import { parse } from './parse.ts';
import { readBody } from './read-body.ts';
import type { MountedRoute } from './route.ts';

const BUDGET_MS = bounds.requestSeconds * 1000;
const late = {
  body: () =>
    new FoyerError('request.invalid', { detail: 'The request body did not arrive in time.' }),
  work: () => new FoyerError('operation.pending'),
};

/**
 * Run one request: authenticate, authorise, count, parse, then call the handler. The contract fixes
 * this order: 401 before 403 before 429 before 400.
 */
export async function runRoute(
  deps: ServerDeps,
  mounted: MountedRoute,
  req: Request,
  res: Response,
  address: string,
): Promise<void> {
  const { route } = mounted;
  const state = stateOf(res);
  const caller = await withTimeout(BUDGET_MS, admit(deps, mounted, req, res, address), late.work);
  const sent = hasBody(req) ? await withTimeout(BUDGET_MS, readBody(req, res), late.body) : {};
  const params = route.params ? parse(route.params, { ...req.params }) : undefined;
  const query = route.query ? parse(route.query, { ...req.query }) : undefined;
  // a route without a body accepts none or an empty object, but no fields that it would ignore
  const body = parse(route.body ?? nothing, sent);
  const log = deps.log.child({ request_id: state.requestId, user_id: state.userId });
  const { requestId } = state;
  const { db } = deps;
  const given = route.idempotent ? req.headers['idempotency-key'] : undefined;
  const key =
    typeof given === 'string'
      ? {
          scope: scopeOf(caller, mounted, address),
          key: checkKey(given),
          hash: hashOf(req.method, req.path, sent),
        }
      : undefined;
  const input = { params, query, body, caller, address, requestId, key, db, log, req, res };
  const work = () => answer(mounted, input);
  const mine = caller ? deps.limits.person.run(caller.userId, work) : work();
  return withTimeout(BUDGET_MS, mine, late.work);
}

const nothing = z.strictObject({});
const hasBody = (req: Request) =>
  req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length']) > 0;

const scopeOf = (caller: Caller | undefined, { route }: MountedRoute, address: string) =>
  caller ? `user:${caller.userId}` : `anon:${route.method} ${route.path}:${address}`;

/** Authenticate, authorise by role, count. Probes and pages are not counted: they must answer in an outage. */
async function admit(
  deps: ServerDeps,
  { route }: MountedRoute,
  req: Request,
  res: Response,
  address: string,
): Promise<Caller | undefined> {
  const caller = await identify(deps.auth, route, req.headers.authorization);
  if (caller) stateOf(res).userId = caller.userId;
  if (!route.path.startsWith('/v1/')) return caller;
  const verdict = await deps.limits.general({ userId: caller?.userId, address });
  res.setHeader('RateLimit-Limit', verdict.limit);
  res.setHeader('RateLimit-Remaining', verdict.remaining);
  res.setHeader('RateLimit-Reset', verdict.resetSeconds);
  enforce(verdict);
  if (caller) deps.limits.person.take(caller.userId, route.weight);
  return caller;
}
