import { io, type Socket } from 'socket.io-client';
import type {
  ClientToServer,
  CommandData,
  CommandName,
  CommandPayload,
  PushName,
  PushPayload,
  ServerToClient,
} from '../../contract/catalogue.ts';
import type { Ack } from '../../contract/problem.ts';
import { ClientError, closedError, type ErrorCode, fromSocketError } from '../errors.ts';
import type { BackOff } from './back-off.ts';
import { createReconnect } from './reconnect.ts';
import type { TokenHolder } from './tokens.ts';

/** `refused`: the server rejected the sign-in. The client does not retry until `connect()` is called. */
export type ConnectionStatus = 'off' | 'connecting' | 'connected' | 'refused';

export interface Connection {
  status(): ConnectionStatus;
  /** Resolves at the first successful connect and retries until then. @throws {ClientError} auth.* · client.closed */
  connect(): Promise<void>;
  /** Disconnects until `connect()` is called. */
  disconnect(): void;
  emit<E extends CommandName>(event: E, payload: CommandPayload<E>): Promise<CommandData<E>>;
  on<E extends PushName>(event: E, listener: (payload: PushPayload<E>) => void): () => void;
  close(): void;
}

export interface ConnectionDeps {
  url: string;
  tokens: TokenHolder;
  ackTimeoutMs: number;
  backOff: BackOff;
  random: () => number;
  onStatus: (status: ConnectionStatus, error: ClientError | null) => void;
}

type RefusedConnect = Error & { data?: { code?: string; details?: Record<string, unknown> } };

/**
 * Errors that a new token may resolve. After a role change the access token is invalid and the refresh
 * token valid, so `auth.invalid` gets one renewal too.
 */
const RENEWABLE = new Set(['auth.expired', 'auth.invalid']);
/** Errors after which a reconnect cannot help: the user must sign in. */
const FINAL = new Set(['auth.invalid', 'auth.required', 'auth.forbidden']);

/** Creates the socket of one client. */
export function createConnection(deps: ConnectionDeps): Connection {
  const { tokens } = deps;
  let status: ConnectionStatus = 'off';
  let refusal: ClientError | null = null;
  let closed = false;
  let presented: string | undefined;
  /** Why the server is about to disconnect, when it said so. */
  let closing: string | undefined;
  const waiters = createWaiters();

  const socket = openSocket(deps, async () => {
    // If the refresh fails, the old token is sent, and the error of the server decides what happens.
    presented = await tokens.access().catch(() => tokens.held()?.accessToken);
    return presented;
  });

  function setStatus(next: ConnectionStatus, error: ClientError | null = null): void {
    if (next === status) return;
    status = next;
    refusal = error;
    deps.onStatus(next, error);
  }

  function refuse(error: ClientError): void {
    setStatus('refused', error);
    waiters.end(error);
  }

  const reconnect = createReconnect({
    ...{ tokens, backOff: deps.backOff, random: deps.random, refuse },
    dial: () => void socket.connect(),
    isWanted: () => status === 'connecting',
  });

  socket.on('connect', () => {
    reconnect.succeeded();
    closing = undefined;
    setStatus('connected');
    waiters.end(null);
  });
  socket.on('disconnect', (reason) => {
    if (status === 'off' || status === 'refused') return;
    setStatus('connecting');
    if (reason !== 'io server disconnect') return;
    if (closing !== undefined && RENEWABLE.has(closing)) void reconnect.renewed(presented);
    else reconnect.later();
  });
  socket.on('connection:closing', ({ code }) => {
    closing = code;
  });
  socket.on('connect_error', (error: RefusedConnect) => {
    if (status === 'off' || socket.active) return;
    setStatus('connecting');
    const code = error.data?.code ?? '';
    if (code === 'auth.expired' || (code === 'auth.invalid' && !reconnect.hasRenewed))
      return void reconnect.renewed(presented);
    if (FINAL.has(code)) return refuse(new ClientError(code as ErrorCode, error.message));
    const after = error.data?.details?.['retryAfterSeconds'];
    reconnect.later(typeof after === 'number' ? after : null);
  });

  function stop(next: ConnectionStatus, error: ClientError): void {
    setStatus(next);
    reconnect.stop();
    socket.disconnect();
    waiters.end(error);
  }

  return {
    status: () => status,
    connect: () => {
      if (closed) return Promise.reject(closedError());
      if (status === 'connected') return Promise.resolve();
      const connected = waiters.add();
      if (status === 'connecting') return connected;
      reconnect.succeeded();
      setStatus('connecting');
      socket.connect();
      return connected;
    },
    disconnect: () => stop('off', closedError()),
    emit: (event, payload) => {
      if (closed) return Promise.reject(closedError());
      if (refusal) return Promise.reject(refusal);
      if (status === 'off')
        return Promise.reject(
          new ClientError(
            'network.unreachable',
            'The socket is not connected. Call connect() first.',
          ),
        );
      return ask(socket, deps.ackTimeoutMs, event, payload);
    },
    on: (event, listener) => {
      socket.on(event, listener as never);
      return () => void socket.off(event, listener as never);
    },
    close: () => {
      closed = true;
      stop('off', closedError());
      socket.off();
    },
  };
}

/** The callers that wait for the current attempt to connect. */
function createWaiters() {
  let waiting: { resolve: () => void; reject: (error: ClientError) => void }[] = [];
  return {
    add: () => new Promise<void>((resolve, reject) => waiting.push({ resolve, reject })),
    end(error: ClientError | null): void {
      const ended = waiting;
      waiting = [];
      for (const { resolve, reject } of ended) error ? reject(error) : resolve();
    },
  };
}

type ClientSocket = Socket<ServerToClient, ClientToServer>;

/** Not connected yet. `present` gives the token of each handshake. */
function openSocket(
  { url, backOff }: ConnectionDeps,
  present: () => Promise<string | undefined>,
): ClientSocket {
  return io(url, {
    transports: ['websocket'],
    autoConnect: false,
    forceNew: true,
    reconnectionDelay: backOff.baseMs,
    reconnectionDelayMax: backOff.capMs,
    randomizationFactor: 0.5,
    auth: (send) => void present().then((token) => send(token === undefined ? {} : { token })),
  });
}

/** One command and its answer. @throws {ClientError} the server's code · operation.pending */
function ask<E extends CommandName>(
  socket: ClientSocket,
  timeoutMs: number,
  event: E,
  payload: CommandPayload<E>,
): Promise<CommandData<E>> {
  return new Promise((resolve, reject) => {
    const answered = (failure: Error | null, answer?: Ack<CommandData<E>>) => {
      // A time-out or a disconnect before the answer: the command may have succeeded.
      if (failure || !answer)
        return reject(
          new ClientError('operation.pending', 'Not acknowledged.', { cause: failure }),
        );
      if (answer.ok) resolve(answer.data);
      else reject(fromSocketError(answer.error));
    };
    // socket.io cannot express the acknowledgement of a generic event.
    const emitter = socket.timeout(timeoutMs) as unknown as {
      emit(event: string, payload: unknown, ack: typeof answered): void;
    };
    emitter.emit(event, payload, answered);
  });
}
