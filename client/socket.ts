import { io, type Socket } from 'socket.io-client';
import type {
  ClientToServer,
  CommandData,
  CommandName,
  CommandPayload,
  PushName,
  PushPayload,
  ServerToClient,
} from '../contract/catalogue.ts';
import type { Ack } from '../contract/problem.ts';
import { type BackOff, delayBefore } from './back-off.ts';
import { ClientError, closedError, type ErrorCode, fromSocketError } from './errors.ts';
import type { TokenHolder } from './tokens.ts';

/** `refused`: the server does not take this sign-in; nothing is tried again before `connect()`. */
export type ConnectionStatus = 'off' | 'connecting' | 'connected' | 'refused';

export interface Connection {
  status(): ConnectionStatus;
  /** Resolves at the first connect, after as many tries as it takes. @throws {ClientError} auth.* · client.closed */
  connect(): Promise<void>;
  /** Off until `connect()`: a person who left. */
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

interface Waiter {
  resolve: () => void;
  reject: (error: ClientError) => void;
}
type RefusedConnect = Error & { data?: { code?: string; details?: Record<string, unknown> } };

/**
 * A new token may help. `auth.invalid` too: after a change of role the access token is void and the
 * refresh token is good; so one renewal is tried.
 */
const RENEWABLE = new Set(['auth.expired', 'auth.invalid']);
/** Coming again cannot help: the person must sign in. */
const FINAL = new Set(['auth.invalid', 'auth.required', 'auth.forbidden']);

export function createConnection(deps: ConnectionDeps): Connection {
  const { tokens, backOff, random } = deps;
  let status: ConnectionStatus = 'off';
  let refusal: ClientError | null = null;
  let closed = false;
  let refusals = 0;
  let presented: string | undefined;
  /** Why the server is about to disconnect, when it said so. */
  let closing: string | undefined;
  let hasRenewed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waiters: Waiter[] = [];

  const socket: Socket<ServerToClient, ClientToServer> = io(deps.url, {
    transports: ['websocket'],
    autoConnect: false,
    forceNew: true,
    reconnectionDelay: backOff.baseMs,
    reconnectionDelayMax: backOff.capMs,
    randomizationFactor: 0.5,
    auth: (present) => void authenticate(present),
  });

  async function authenticate(present: (data: object) => void): Promise<void> {
    // When the renewal fails the old token goes out: the server's refusal then decides what happens.
    presented = await tokens.access().catch(() => tokens.held()?.accessToken);
    present(presented === undefined ? {} : { token: presented });
  }

  function become(next: ConnectionStatus, error: ClientError | null = null): void {
    if (next === status) return;
    status = next;
    refusal = error;
    deps.onStatus(next, error);
  }

  function resolveAttempt(error: ClientError | null): void {
    const settled = waiters;
    waiters = [];
    for (const { resolve, reject } of settled) error ? reject(error) : resolve();
  }

  function refuse(code: string, message: string): void {
    const error = new ClientError(code as ErrorCode, message);
    become('refused', error);
    resolveAttempt(error);
  }

  /** socket.io comes back by itself after transport trouble, but not after a "no" of the server. */
  function comeBack(retryAfterSeconds: number | null = null): void {
    become('connecting');
    const ms = delayBefore(refusals, backOff, random, retryAfterSeconds) ?? backOff.patienceMs;
    refusals += 1;
    clearTimeout(timer);
    timer = setTimeout(() => socket.connect(), ms);
  }

  async function renewAndComeBack(): Promise<void> {
    const first = refusals === 0;
    hasRenewed = true;
    try {
      await tokens.renew(presented);
    } catch (error) {
      const isFinal = error instanceof ClientError && error.code.startsWith('auth.');
      if (status !== 'connecting') return;
      return isFinal ? refuse(error.code, error.message) : comeBack();
    }
    if (status !== 'connecting') return;
    // A second "expired" with a token that is new: clocks disagree, and haste would not mend them.
    if (!first) return comeBack();
    refusals += 1;
    socket.connect();
  }

  socket.on('connect', () => {
    refusals = 0;
    hasRenewed = false;
    closing = undefined;
    become('connected');
    resolveAttempt(null);
  });
  socket.on('disconnect', (reason) => {
    if (status === 'off' || status === 'refused') return;
    become('connecting');
    if (reason !== 'io server disconnect') return;
    if (closing !== undefined && RENEWABLE.has(closing)) void renewAndComeBack();
    else comeBack();
  });
  socket.on('connection:closing', ({ code }) => {
    closing = code;
  });
  socket.on('connect_error', (error: RefusedConnect) => {
    if (status === 'off' || socket.active) return;
    become('connecting');
    const code = error.data?.code ?? '';
    if (code === 'auth.expired' || (code === 'auth.invalid' && !hasRenewed))
      return void renewAndComeBack();
    if (FINAL.has(code)) return refuse(code, error.message);
    const after = error.data?.details?.['retryAfterSeconds'];
    comeBack(typeof after === 'number' ? after : null);
  });

  function stop(next: ConnectionStatus, error: ClientError): void {
    become(next);
    clearTimeout(timer);
    socket.disconnect();
    resolveAttempt(error);
  }

  return {
    status: () => status,
    connect: () => {
      if (closed) return Promise.reject(closedError());
      if (status === 'connected') return Promise.resolve();
      return new Promise<void>((resolve, reject) => {
        waiters.push({ resolve, reject });
        if (status === 'connecting') return;
        refusals = 0;
        hasRenewed = false;
        become('connecting');
        socket.connect();
      });
    },
    disconnect: () => stop('off', closedError()),
    emit: (event, payload) => {
      if (closed) return Promise.reject(closedError());
      if (refusal) return Promise.reject(refusal);
      if (status === 'off')
        return Promise.reject(new ClientError('network.unreachable', 'Connect first.'));
      return new Promise((resolve, reject) => {
        const answered = (failure: Error | null, answer?: Ack<never>) => {
          // Time-out or a cut while the answer was on its way: it may have been done all the same.
          if (failure || !answer)
            return reject(
              new ClientError('operation.pending', 'Not acknowledged.', { cause: failure }),
            );
          if (answer.ok) resolve(answer.data);
          else reject(fromSocketError(answer.error));
        };
        // socket.io cannot express the acknowledgement of a generic event.
        const emitter = socket.timeout(deps.ackTimeoutMs) as unknown as {
          emit(event: string, payload: unknown, ack: typeof answered): void;
        };
        emitter.emit(event, payload, answered);
      });
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
