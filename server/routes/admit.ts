import type { Request, Response } from 'express';
import { bounds } from '../../config.ts';
import { isRaw } from '../../contract/answers.ts';
import { enforce } from '../../db/rate-limiter.ts';
import { stateOf } from '../../http/request-state.ts';
import type { Caller, ServerDeps } from '../deps.ts';
import { type CallerLimits, createCallerLimits } from '../limits/caller-limits.ts';
import type { SenderLimits, TakeSender } from '../limits/sender-limits.ts';
import { credentialsOf, identify } from './access.ts';
import { createReadRaw, type ReadRaw } from './read-body.ts';
import type { MountedRoute } from './route.ts';

/** The limits and the body reader of one route in one server process. */
export interface RouteGate {
  readRaw?: ReadRaw;
  takeSender?: TakeSender;
  /** Limits the streams that one caller reads at the same time. */
  streams: CallerLimits;
}

/** Limits the streams of one caller over all routes. Too many get `rate.limited`. */
export const createStreamLimits = (): CallerLimits =>
  createCallerLimits({
    perSecond: 0,
    burst: 0,
    inFlight: bounds.streamsPerCaller,
    waiting: 0,
    isRateOff: true,
  });

export function createGate(
  { route }: MountedRoute,
  senders: SenderLimits,
  streams: CallerLimits,
): RouteGate {
  if (!isRaw(route.body)) return { streams };
  return { streams, readRaw: createReadRaw(route.body), takeSender: senders.of(route.body) };
}

export interface Admitted {
  /** What the handler gets as `caller`. */
  who: unknown;
  /** The signed-in user, if there is one. */
  person: Caller | undefined;
  scope: string | undefined;
}

/**
 * Authenticate the caller, check the role, and count the request. Health checks and pages are not counted,
 * because they must answer in an outage. A request with a raw body is counted for its sender.
 * @throws {FoyerError} auth.required · auth.expired · auth.invalid · auth.forbidden · rate.limited
 */
export async function admit(
  deps: ServerDeps,
  { mounted, gate }: { mounted: MountedRoute; gate: RouteGate },
  req: Request,
  res: Response,
  address: string,
): Promise<Admitted> {
  const { route } = mounted;
  const admitted = await callerOf(deps, mounted, req);
  const { person } = admitted;
  if (person) stateOf(res).userId = person.userId;
  if (gate.takeSender) {
    gate.takeSender(senderOf(mounted, req), address);
    return admitted;
  }
  if (!route.path.startsWith('/v1/')) return admitted;
  const verdict = await deps.limits.general({ userId: person?.userId, address });
  res.setHeader('RateLimit-Limit', verdict.limit);
  res.setHeader('RateLimit-Remaining', verdict.remaining);
  res.setHeader('RateLimit-Reset', verdict.resetSeconds);
  enforce(verdict);
  if (person) deps.limits.person.take(person.userId, route.weight);
  return admitted;
}

async function callerOf(
  { auth }: ServerDeps,
  { route, identify: identifyOwn }: MountedRoute,
  req: Request,
): Promise<Admitted> {
  if (identifyOwn) {
    const { who, person, scope } = await identifyOwn(credentialsOf(auth, route, req));
    return { who, person, scope };
  }
  const person = await identify(auth, route, req.headers.authorization);
  return { who: person, person, scope: undefined };
}

function senderOf({ route: { body, path } }: MountedRoute, req: Request): string {
  const name = isRaw(body) ? body.sender : undefined;
  return name === undefined ? path : String(req.params[name]);
}
