import type { Tokens } from '../contract/accounts.ts';
import type { CommandName, PushName, PushPayload } from '../contract/catalogue.ts';
import type { MatchRequest, Session } from '../contract/matchmaking.ts';
import { type BackOff, HTTP_BACK_OFF, SOCKET_BACK_OFF } from './back-off.ts';
import { type ClientError, isClientError } from './errors.ts';
import { createCalls, createSend, type HttpCalls, type RouteName } from './http.ts';
import { createLifetime } from './lifetime.ts';
import { createListeners } from './listeners.ts';
import { createResume, type Queries, TIMES, type Times } from './matchmaking/resume.ts';
import { createState, type MatchmakingState } from './matchmaking/state.ts';
import { type Connection, type ConnectionStatus, createConnection } from './socket.ts';
import { createTokenHolder, type HeldTokens } from './tokens.ts';

export interface ClientOptions {
  /** Base URL without a path, for example `http://127.0.0.1:8080`. */
  baseUrl: string;
  /** Tokens of an earlier sign-in, as passed to `onTokens`. Without them, call `http.guest`, `register` or `login`. */
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
  times?: Times;
  fetch?: typeof fetch;
  now?: () => number;
  random?: () => number;
}

export interface Client {
  /** Every route of the contract by name. The input is one flat object; errors are `ClientError`s. */
  http: HttpCalls;
  readonly state: MatchmakingState;
  readonly status: ConnectionStatus;
  readonly tokens: HeldTokens | null;
  connect: Connection['connect'];
  disconnect: Connection['disconnect'];
  emit: Connection['emit'];
  /** Raw pushes: they may be repeated, late or out of order. Use `state` for the current state. */
  on: Connection['on'];
  /** Called after every change of `state`. Each of these functions returns an unsubscribe function. */
  onChange: (listener: (state: MatchmakingState) => void) => () => void;
  /** Called once per session, however the client learned of it. */
  onMatch: (listener: (session: Session) => void) => () => void;
  onStatus: (listener: (status: ConnectionStatus, error: ClientError | null) => void) => () => void;
  /** Signs out at the server and discards the tokens, even if the server is unreachable. */
  logout(): Promise<void>;
  /** Closes all timers and sockets. Pending calls reject with `client.closed`. */
  close(): void;
}

/** The typed client: HTTP calls, a socket, and a state that stays correct despite lost pushes and reconnects. */
export function createClient(options: ClientOptions): Client {
  const { baseUrl, random = Math.random, now = Date.now } = options;
  const lifetime = createLifetime();
  const changes = createListeners<[MatchmakingState]>();
  const matches = createListeners<[Session]>();
  const statuses = createListeners<[ConnectionStatus, ClientError | null]>();
  const store = createState({ onChange: changes.call, onMatch: matches.call });

  const tokens = createTokenHolder({
    refresh: (refreshToken) => send('refresh', { refreshToken }) as Promise<Tokens>,
    onTokens: (held) => options.onTokens?.(held),
    now,
  });
  const send = createSend({
    baseUrl,
    tokens,
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    timeoutMs: options.timeoutMs ?? 15_000,
    tries: options.tries ?? 4,
    backOff: options.httpBackOff ?? HTTP_BACK_OFF,
    random,
    lifetime,
  });
  const http = createCalls(send, (name, result) => absorb(name, result));
  const connection = createConnection({
    url: baseUrl,
    tokens,
    ackTimeoutMs: options.ackTimeoutMs ?? 10_000,
    backOff: options.socketBackOff ?? SOCKET_BACK_OFF,
    random,
    onStatus: (status, error) => {
      if (status === 'connected') resume.connected();
      else resume.disconnected();
      statuses.call(status, error);
    },
  });

  const emit: Connection['emit'] = async (event, payload) => {
    const data = await connection.emit(event, payload);
    absorb(event, data);
    return data;
  };
  const questions: Queries = {
    request: () => connection.emit('match:status', {}),
    liveSession: () => orNull(send('readCurrentSession') as Promise<Session>),
    session: (id) => orNull(send('readSession', { id }) as Promise<Session>),
  };
  const resume = createResume(store, questions, random, options.times ?? TIMES);

  /** Applies the result of a call to the state, like the corresponding push. */
  function absorb(name: RouteName | CommandName, result: unknown): void {
    if (isSignIn(name)) signIn(result as Tokens);
    if (isOfRequest(name) && result) takeRequest(result as MatchRequest);
    if (isOfSession(name)) takeSession(result as Session);
    if (name === 'session:resume') takeSession((result as { session: Session }).session);
    if (name === 'match:leave' || name === 'cancelCurrentRequest') resume.left();
  }

  function signIn(next: Tokens): void {
    const before = tokens.held()?.user?.id;
    tokens.set(next);
    if (before === undefined || before === next.user.id) return;
    store.reset();
    if (connection.status() === 'off') return;
    connection.disconnect();
    connection.connect().catch(() => undefined);
  }

  function takeRequest({ socketUrl: _, ...request }: MatchRequest & { socketUrl?: string }): void {
    store.takeRequest(request);
    resume.reschedule();
  }
  function takeSession(session: Session): void {
    store.takeSession(session);
    resume.reschedule();
  }

  const hear = <E extends PushName>(event: E, listener: (payload: PushPayload<E>) => void) =>
    connection.on(event, listener);
  hear('match:state', takeRequest);
  hear('match:found', takeSession);
  hear('session:state', takeSession);
  hear('state:current', resume.snapshot);
  hear('resync', resume.resync);
  if (options.tokens) tokens.set(options.tokens);

  return {
    http,
    get state() {
      return store.state();
    },
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
    onChange: changes.add,
    onMatch: matches.add,
    onStatus: statuses.add,
    logout: async () => {
      const refreshToken = tokens.held()?.refreshToken;
      tokens.set(null);
      connection.disconnect();
      store.reset();
      if (refreshToken) await send('logout', { refreshToken });
    },
    close: () => {
      resume.close();
      connection.close();
      lifetime.end();
    },
  };
}

const isSignIn = (name: string) =>
  name === 'guest' || name === 'register' || name === 'login' || name === 'refresh';
const isOfRequest = (name: string) =>
  name === 'join' ||
  name === 'readCurrentRequest' ||
  name === 'match:join' ||
  name === 'match:status';
const ofSession: ReadonlySet<string> = new Set<RouteName | CommandName>([
  ...(['accept', 'decline', 'leave', 'readCurrentSession'] as const),
  ...(['session:accept', 'session:decline', 'session:connected', 'session:leave'] as const),
]);
const isOfSession = (name: string) => ofSession.has(name);

async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (isClientError(error, 'session.not_found')) return null;
    throw error;
  }
}
