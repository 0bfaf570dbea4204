import type { Tokens } from '../contract/accounts.ts';
import { attachDomains } from './attach-domains.ts';
import { callTable, type DomainOptions, type DomainParts, type HttpCalls } from './domains.ts';
import type { ClientError } from './errors.ts';
import { createListeners } from './listeners.ts';
import { type BackOff, HTTP_BACK_OFF, SOCKET_BACK_OFF } from './transport/back-off.ts';
import { createCalls, createSend, ownCalls } from './transport/http.ts';
import { createLifetime } from './transport/lifetime.ts';
import { type Connection, type ConnectionStatus, createConnection } from './transport/socket.ts';
import { createTokenHolder, type HeldTokens } from './transport/tokens.ts';
import { createWatching, type WatchOne } from './watch.ts';

/** The options of a domain are under its name. */
export interface ClientOptions extends DomainOptions {
  /** `http://127.0.0.1:8080`, without a path. */
  baseUrl: string;
  /**
   * Tokens of an earlier sign-in, as passed to `onTokens`. Without them, call `http.guest`, `register` or
   * `login`.
   */
  tokens?: HeldTokens | Tokens;
  /** Store the tokens to stay signed in after a reload. Null means signed out. */
  onTokens?: (tokens: HeldTokens | null) => void;
  /** Timeout of one attempt of an HTTP call in milliseconds. The server responds within 10 s. */
  timeoutMs?: number;
  /** Maximum number of attempts of one HTTP call. */
  tries?: number;
  ackTimeoutMs?: number;
  httpBackOff?: BackOff;
  socketBackOff?: BackOff;
  fetch?: typeof fetch;
  now?: () => number;
  random?: () => number;
}

export interface ClientBase {
  /** Every route of the contract under its name. The input is one flat object. Errors are `ClientError`s. */
  http: HttpCalls;
  readonly status: ConnectionStatus;
  readonly tokens: HeldTokens | null;
  connect: Connection['connect'];
  disconnect: Connection['disconnect'];
  emit: Connection['emit'];
  /** Pushes as they arrive: repeated, late, in any order. Use a domain's `state` for the current state. */
  on: Connection['on'];
  /** Returns a function that removes the listener. */
  onStatus: (listener: (status: ConnectionStatus, error: ClientError | null) => void) => () => void;
  watch: WatchOne;
  /** Signs out at the server and discards the tokens, even if the server is unreachable. */
  logout(): Promise<void>;
  /** Closes all timers and sockets. Pending calls reject with `client.closed`. */
  close(): void;
}

/** The client itself, and the part of each domain under the domain's name. */
export type Client = ClientBase & DomainParts;

/**
 * Creates the typed client: HTTP calls, a socket, and domains that keep their state correct after lost
 * pushes and reconnects.
 */
export function createClient(options: ClientOptions): Client {
  const { baseUrl, random = Math.random, now = Date.now } = options;
  const lifetime = createLifetime();
  const statuses = createListeners<[ConnectionStatus, ClientError | null]>();

  const tokens = createTokenHolder({
    refresh: (refreshToken) => send('refresh', { refreshToken }) as Promise<Tokens>,
    onTokens: (held) => options.onTokens?.(held),
    now,
  });
  const send = createSend({
    ...{ baseUrl, table: callTable },
    tokens,
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    timeoutMs: options.timeoutMs ?? 15_000,
    tries: options.tries ?? 4,
    backOff: options.httpBackOff ?? HTTP_BACK_OFF,
    random,
    lifetime,
  });
  const connection = createConnection({
    url: baseUrl,
    tokens,
    ackTimeoutMs: options.ackTimeoutMs ?? 10_000,
    backOff: options.socketBackOff ?? SOCKET_BACK_OFF,
    random,
    onStatus: (status, error) => {
      if (status === 'connected') domains.connected();
      else domains.disconnected();
      statuses.call(status, error);
    },
  });
  const domains = attachDomains(
    {
      calls: (routes) => ownCalls(send, routes),
      emit: connection.emit,
      on: connection.on,
      role: () => tokens.held()?.user?.role ?? null,
      random,
    },
    options,
  );
  const watching = createWatching(connection, statuses);
  connection.on('state:current', domains.snapshot);
  connection.on('resync', domains.resync);

  function absorb(name: string, result: unknown): void {
    if (isSignIn(name)) signIn(result as Tokens);
    domains.absorb(name, result);
  }
  const emit: Connection['emit'] = async (event, payload) => {
    const data = await connection.emit(event, payload);
    absorb(event, data);
    return data;
  };

  function signIn(next: Tokens): void {
    const before = tokens.held()?.user?.id;
    tokens.set(next);
    if (before === undefined || before === next.user.id) return;
    domains.reset();
    if (connection.status() === 'off') return;
    connection.disconnect();
    connection.connect().catch(() => undefined);
  }
  if (options.tokens) tokens.set(options.tokens);

  return {
    ...domains.parts,
    http: createCalls<HttpCalls>(send, callTable, absorb),
    get status() {
      return connection.status();
    },
    get tokens() {
      return tokens.held();
    },
    connect: connection.connect,
    disconnect: connection.disconnect,
    emit,
    on: connection.on,
    onStatus: statuses.add,
    watch: watching.watch,
    logout: async () => {
      const refreshToken = tokens.held()?.refreshToken;
      tokens.set(null);
      connection.disconnect();
      domains.reset();
      if (refreshToken) await send('logout', { refreshToken });
    },
    close: () => {
      domains.close();
      watching.close();
      connection.close();
      lifetime.end();
    },
  };
}

const isSignIn = (name: string) => SIGN_INS.has(name);
const SIGN_INS = new Set(['guest', 'register', 'login', 'signInHere', 'refresh']);
