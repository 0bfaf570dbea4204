import type { IncomingMessage } from 'node:http';
import type { Config } from '../../config.ts';
import { connectionsRefused } from '../../metrics.ts';
import {
  addressKey,
  type ClientAddress,
  createClientAddress,
  isLoopback,
} from './client-address.ts';
import { createTokenBuckets } from './token-buckets.ts';

type Settings = Pick<
  Config,
  | 'MAX_CONNECTIONS'
  | 'MAX_CONNECTIONS_PER_ADDRESS'
  | 'CONNECTION_RATE'
  | 'CONNECTION_BURST'
  | 'CORS_ORIGINS'
  | 'FOYER_EMBEDDED'
  | 'RATE_LIMITS'
  | 'TRUSTED_PROXIES'
  | 'publicUrl'
>;

/** Also the label of `foyer_connections_refused_total`. */
export type Refusal = 'origin' | 'total' | 'address' | 'rate';

export interface ConnectionLimits {
  /** engine.io's `allowRequest`: called once for each connection, before the upgrade. */
  allowRequest(req: IncomingMessage, answer: (error: string | null, ok: boolean) => void): void;
  /** Count a close. Also called when the TCP connection ends; a second call changes nothing. */
  closed(req: IncomingMessage): void;
  readonly open: number;
}

/** Decides who may open a websocket: by origin, total number, number for each address, and rate. */
export function createConnectionLimits(
  config: Settings,
  now: () => number = () => performance.now(),
): ConnectionLimits {
  const addressOf: ClientAddress = createClientAddress(config.TRUSTED_PROXIES);
  const takeToken = createTokenBuckets({
    perSecond: config.CONNECTION_RATE,
    burst: config.CONNECTION_BURST,
    now,
  });
  const holders = new WeakMap<IncomingMessage, string>();
  const perAddress = new Map<string, number>();
  let open = 0;

  function refusal(req: IncomingMessage, address: string): Refusal | undefined {
    if (!originAllowed(config, req)) return 'origin';
    if (config.RATE_LIMITS === 'off') return undefined;
    if (open >= config.MAX_CONNECTIONS) return 'total';
    if (config.FOYER_EMBEDDED && isLoopback(address)) return undefined;
    const key = addressKey(address);
    if ((perAddress.get(key) ?? 0) >= config.MAX_CONNECTIONS_PER_ADDRESS) return 'address';
    return takeToken(key) ? undefined : 'rate';
  }

  function closed(req: IncomingMessage): void {
    const key = holders.get(req);
    if (key === undefined) return;
    holders.delete(req);
    open -= 1;
    const left = (perAddress.get(key) ?? 1) - 1;
    if (left > 0) perAddress.set(key, left);
    else perAddress.delete(key);
  }

  return {
    closed,
    get open() {
      return open;
    },
    allowRequest(req, answer) {
      const address = addressOf(req);
      const refused = refusal(req, address);
      if (refused) {
        connectionsRefused.inc({ reason: refused });
        answer(refused === 'origin' ? 'auth.forbidden' : 'connection.limited', false);
        return;
      }
      open += 1;
      const key = addressKey(address);
      perAddress.set(key, (perAddress.get(key) ?? 0) + 1);
      holders.set(req, key);
      // The TCP connection is the websocket's own, so that a handshake that fails later is counted out too.
      req.socket.once('close', () => closed(req));
      answer(null, true);
    },
  };
}

/** Programs send no Origin; our own pages have our host; other origins must be in CORS_ORIGINS. */
function originAllowed(config: Settings, req: IncomingMessage): boolean {
  const { origin, host } = req.headers;
  const named = config.CORS_ORIGINS;
  if (named.length === 0 || origin === undefined) return true;
  if (named.includes('*') || named.includes(origin)) return true;
  if (!URL.canParse(origin)) return false;
  return new URL(origin).host === host || origin === new URL(config.publicUrl).origin;
}
