import { type AccountCalls, accountRoutes } from './accounts/routes.ts';
import { type BackOff, delayBefore, pause } from './back-off.ts';
import type { CallOptions } from './define.ts';
import { isClientError, isPassing } from './errors.ts';
import { compose, exchange, type OutgoingRequest, type Transport } from './exchange.ts';
import { type Lifetime, withSignal } from './lifetime.ts';
import { type MatchmakingCalls, matchmakingRoutes } from './matchmaking/routes.ts';
import type { TokenHolder } from './tokens.ts';

export type HttpCalls = AccountCalls & MatchmakingCalls;
const routes = { ...accountRoutes, ...matchmakingRoutes };
export type RouteName = keyof typeof routes;
export const routeNames = Object.keys(routes) as RouteName[];

/** Routes without authentication. They send no bearer token, because it may have expired. */
export const anonymous: ReadonlySet<RouteName> = new Set<RouteName>([
  'guest',
  'login',
  'refresh',
  'logout',
  'listLanguages',
]);
/**
 * Routes that are never retried. Registration has no idempotency key, so a retry after an unknown outcome
 * would report the new username as taken. A refresh is part of another call, which is retried instead.
 */
const neverRepeated: ReadonlySet<RouteName> = new Set<RouteName>(['register', 'refresh']);

export interface HttpDeps extends Omit<Transport, 'signal'> {
  baseUrl: string;
  lifetime: Lifetime;
  tokens: TokenHolder;
  /** Maximum number of attempts of one call, including the first. */
  tries: number;
  backOff: BackOff;
  random: () => number;
}

/** Makes one call by name with idempotency key, bearer token, token refresh and retries. */
export type SendCall = (name: RouteName, input?: object, options?: CallOptions) => Promise<unknown>;

export function createSend(deps: HttpDeps): SendCall {
  return async (name, input = {}, options = {}) => {
    const outgoing = compose(deps.baseUrl, routes[name], input);
    // One key per call, so that every retry is the same request for the server.
    if (outgoing.method === 'POST' && !routes[name].startsWith('POST /v1/auth/'))
      outgoing.headers['idempotency-key'] = options.idempotencyKey ?? crypto.randomUUID();
    const tries = neverRepeated.has(name) ? 1 : deps.tries;
    return withSignal(deps.lifetime, options.signal, (signal) => {
      const reach: Transport = { fetch: deps.fetch, timeoutMs: deps.timeoutMs, signal };
      const once = anonymous.has(name)
        ? () => exchange(outgoing, reach)
        : () => exchangeAs(deps.tokens, outgoing, reach);
      return withRepeats(once, tries, deps, signal);
    });
  };
}

/** The calls of the contract. Each passes its result to `onResult` before it resolves. */
export function createCalls(
  send: SendCall,
  onResult: (name: RouteName, result: unknown) => void,
): HttpCalls {
  const call = (name: RouteName) => async (input?: object, options?: CallOptions) => {
    const result = await send(name, input, options);
    onResult(name, result);
    return result;
  };
  return Object.fromEntries(routeNames.map((name) => [name, call(name)])) as unknown as HttpCalls;
}

async function exchangeAs(
  tokens: TokenHolder,
  outgoing: OutgoingRequest,
  reach: Transport,
): Promise<unknown> {
  const token = await tokens.access();
  const as = (bearer: string | undefined): OutgoingRequest =>
    bearer === undefined
      ? outgoing
      : { ...outgoing, headers: { ...outgoing.headers, authorization: `Bearer ${bearer}` } };
  try {
    return await exchange(as(token), reach);
  } catch (error) {
    if (token === undefined || !isClientError(error, 'auth.expired')) throw error;
    return exchange(as(await tokens.renew(token)), reach);
  }
}

async function withRepeats(
  once: () => Promise<unknown>,
  tries: number,
  { backOff, random }: HttpDeps,
  signal: AbortSignal,
): Promise<unknown> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await once();
    } catch (error) {
      if (attempt + 1 >= tries || !isPassing(error) || !isClientError(error)) throw error;
      const ms = delayBefore(attempt, backOff, random, error.retryAfterSeconds);
      if (ms === null) throw error;
      await pause(ms, signal);
    }
  }
}
