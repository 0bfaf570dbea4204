import type { RouteDefinition } from '../contract/define.ts';
import type { SocketError } from '../contract/problem.ts';

/** The catalogue of the server, reached through the contract: a client knows nothing else of ours. */
export type ErrorCode = NonNullable<RouteDefinition['errors']>[number];
/** Beyond the catalogue: nobody answered; this client was closed, or the call taken back. */
export type ClientErrorCode = ErrorCode | 'network.unreachable' | 'client.closed';

export interface ClientErrorOptions {
  /** Of the HTTP answer; 0 where there was none: socket acks and network trouble. */
  status?: number;
  requestId?: string | null;
  details?: Record<string, unknown>;
  /** Of `request.invalid`: which fields, and why. */
  errors?: { path: string; message: string }[];
  retryAfterSeconds?: number | null;
  cause?: unknown;
}

/** The only error that calls of the client reject with. Ask for the code, never for the text. */
export class ClientError<Code extends ClientErrorCode = ClientErrorCode> extends Error {
  override name = 'ClientError';
  readonly code: Code;
  readonly status: number;
  readonly requestId: string | null;
  readonly details: Record<string, unknown>;
  readonly errors: readonly { path: string; message: string }[];
  readonly retryAfterSeconds: number | null;

  constructor(code: Code, message: string, options: ClientErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.status = options.status ?? 0;
    this.requestId = options.requestId ?? null;
    this.details = options.details ?? {};
    this.errors = options.errors ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}

/** `isClientError(error, 'match.already_waiting')` narrows to that code; without codes, to any. */
export function isClientError<Code extends ClientErrorCode>(
  error: unknown,
  ...codes: Code[]
): error is ClientError<Code> {
  // By name: a program may have loaded this module twice, as a bundle and as a package.
  if (!(error instanceof Error) || error.name !== 'ClientError') return false;
  return codes.length === 0 || (codes as string[]).includes((error as ClientError).code);
}

/** Of a renewal: this sign-in is over, whatever the reason. */
export const isSignedOut = (error: unknown): boolean =>
  isClientError(error) && error.code.startsWith('auth.');

/** The outcome is unknown or the server is away: the same call with the same key may be made again. */
export const isPassing = (error: unknown): boolean =>
  isClientError(error, 'service.unavailable', 'operation.pending', 'network.unreachable');

export const closedError = (): ClientError =>
  new ClientError('client.closed', 'The client was closed, or the call taken back.');

/** An error ack. */
export const fromSocketError = ({ code, message, details }: SocketError): ClientError =>
  new ClientError(code as ErrorCode, message, details ? { details } : {});
