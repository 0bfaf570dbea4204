import type { CallTable } from '../call-table.ts';
import type { CallOptions, Calls, RouteTable } from '../define.ts';
import { isClientError, isPassing } from '../errors.ts';
import { type BackOff, delayBefore, pause } from './back-off.ts';
import { compose, exchange, type OutgoingRequest, type Transport } from './exchange.ts';
import { type Lifetime, withSignal } from './lifetime.ts';
import type { TokenHolder } from './tokens.ts';

export interface HttpDeps extends Omit<Transport, 'signal'> {
  baseUrl: string;
  table: CallTable;
  lifetime: Lifetime;
  tokens: TokenHolder;
  /** Maximum number of attempts of one call, including the first. */
  tries: number;
  backOff: BackOff;
  random: () => number;
}

/** One call by its name, with idempotency key, bearer token, renewal and repeats. */
export type SendCall = (name: string, input?: object, options?: CallOptions) => Promise<unknown>;

/** Creates the function that sends every HTTP call of one client. */
export function createSend(deps: HttpDeps): SendCall {
  const { routes, anonymous, neverRepeated, claims } = deps.table;
  return async (name, input = {}, options = {}) => {
    const route = routes[name] ?? '';
    const outgoing = compose(deps.baseUrl, route, input);
    // Made once for each call, so that the server sees every repeat as the same request.
    if (outgoing.method === 'POST' && !route.startsWith('POST /v1/auth/'))
      outgoing.headers['idempotency-key'] = options.idempotencyKey ?? crypto.randomUUID();
    const header = options.claim === undefined ? undefined : claims[name];
    if (header && options.claim !== undefined) outgoing.headers[header] = options.claim;
    const tries = neverRepeated.has(name) ? 1 : deps.tries;
    return withSignal(deps.lifetime, options.signal, (signal) => {
      const reach: Transport = { fetch: deps.fetch, timeoutMs: deps.timeoutMs, signal };
      const once =
        header || anonymous.has(name)
          ? () => exchange(outgoing, reach)
          : () => exchangeAs(deps.tokens, outgoing, reach);
      return withRepeats(once, tries, deps, signal);
    });
  };
}

/** The calls of a whole table. Each reports its result to `onResult` before its caller gets it. */
export const createCalls = <All>(
  send: SendCall,
  { routes }: CallTable,
  onResult: (name: string, result: unknown) => void,
): All =>
  callsOf<All>(Object.keys(routes), async (name, input, options) => {
    const result = await send(name, input, options);
    onResult(name, result);
    return result;
  });

/** The calls of one domain for its own use. Their results are not passed to `onResult`. */
export const ownCalls = <Contract>(send: SendCall, table: RouteTable<Contract>): Calls<Contract> =>
  callsOf(Object.keys(table), send);

const callsOf = <All>(names: readonly string[], send: SendCall): All =>
  Object.fromEntries(
    names.map((name) => [
      name,
      (input?: object, options?: CallOptions) => send(name, input, options),
    ]),
  ) as All;

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
