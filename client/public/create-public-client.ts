import { joinTables } from '../call-table.ts';
import type { ClientError } from '../errors.ts';
import { createListeners } from '../listeners.ts';
import { type BackOff, HTTP_BACK_OFF, SOCKET_BACK_OFF } from '../transport/back-off.ts';
import { createCalls, createSend } from '../transport/http.ts';
import { createLifetime } from '../transport/lifetime.ts';
import { type Connection, type ConnectionStatus, createConnection } from '../transport/socket.ts';
import type { TokenHolder } from '../transport/tokens.ts';
import { createWatching, type WatchOne } from '../watch.ts';
import type { PublicRoutes } from './public-routes.ts';

export interface PublicClientOptions<Calls> {
  /** `http://127.0.0.1:8080`, without a path. */
  baseUrl: string;
  /** The public routes of the domains that the page reads. Without them, `http` is empty. */
  routes?: PublicRoutes<Calls>;
  /** Timeout of one attempt of an HTTP call in milliseconds. */
  timeoutMs?: number;
  /** Maximum number of attempts of one HTTP call. */
  tries?: number;
  ackTimeoutMs?: number;
  httpBackOff?: BackOff;
  socketBackOff?: BackOff;
  fetch?: typeof fetch;
  random?: () => number;
}

/** A client without an account: it watches and reads what everyone may see. */
export interface PublicClient<Calls> extends Pick<Connection, 'emit' | 'on'> {
  http: Calls;
  readonly status: ConnectionStatus;
  /** Resolves at the first successful connect and retries until then. @throws {ClientError} client.closed */
  connect: Connection['connect'];
  disconnect: Connection['disconnect'];
  /** Returns a function that removes the listener. */
  onStatus: (listener: (status: ConnectionStatus, error: ClientError | null) => void) => () => void;
  watch: WatchOne;
  /** Closes all timers and sockets. Pending calls reject with `client.closed`. */
  close(): void;
}

const nobody: TokenHolder = {
  held: () => null,
  set: () => undefined,
  access: async () => undefined,
  renew: async () => undefined,
};

/**
 * Creates a client of the `/public` namespace for pages that need no account, such as overlays and
 * displays. It knows no domain: the page passes the routes and the watchables that it uses.
 */
export function createPublicClient<Calls = Record<never, never>>(
  options: PublicClientOptions<Calls>,
): PublicClient<Calls> {
  const { baseUrl, random = Math.random, routes: { routes = {}, claims = {} } = {} } = options;
  const lifetime = createLifetime();
  const statuses = createListeners<[ConnectionStatus, ClientError | null]>();
  const table = joinTables([{ routes, anonymous: Object.keys(routes), neverRepeated: [], claims }]);
  const send = createSend({
    ...{ baseUrl, table, random, lifetime },
    tokens: nobody,
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    timeoutMs: options.timeoutMs ?? 15_000,
    tries: options.tries ?? 4,
    backOff: options.httpBackOff ?? HTTP_BACK_OFF,
  });
  const connection = createConnection({
    url: `${baseUrl.replace(/\/+$/, '')}/public`,
    tokens: nobody,
    ackTimeoutMs: options.ackTimeoutMs ?? 10_000,
    backOff: options.socketBackOff ?? SOCKET_BACK_OFF,
    random,
    onStatus: statuses.call,
  });
  const watching = createWatching(connection, statuses);
  return {
    http: createCalls<Calls>(send, table, () => undefined),
    get status() {
      return connection.status();
    },
    connect: connection.connect,
    disconnect: connection.disconnect,
    emit: connection.emit,
    on: connection.on,
    onStatus: statuses.add,
    watch: watching.watch,
    close: () => {
      watching.close();
      connection.close();
      lifetime.end();
    },
  };
}
