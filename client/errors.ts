import type { ErrorCode } from '../contract/errors.ts';
import type { SocketError } from '../contract/problem.ts';

export type { ErrorCode };

/** Additional codes of the client: the server is unreachable; the client was closed or the call was aborted. */
export type ClientErrorCode = ErrorCode | 'network.unreachable' | 'client.closed';

export interface ClientErrorOptions {
  /** The HTTP status; 0 for socket acks and network errors. */
  status?: number;
  requestId?: string | null;
  details?: Record<string, unknown>;
  /** For `request.invalid`: the invalid fields, each with a message. */
  errors?: { path: string; message: string }[];
  retryAfterSeconds?: number | null;
  cause?: unknown;
}

/** The only error class that calls of the client reject with. Check the code, never the text. */
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

/** `isClientError(error, 'match.already_waiting')` narrows to that code. Without codes, it matches any. */
export function isClientError<Code extends ClientErrorCode>(
  error: unknown,
  ...codes: Code[]
): error is ClientError<Code> {
  // By name: a program may have loaded this module twice, as a bundle and as a package.
  if (!(error instanceof Error) || error.name !== 'ClientError') return false;
  return codes.length === 0 || (codes as string[]).includes((error as ClientError).code);
}

/** Errors of a token refresh after which the sign-in is no longer valid. */
export const isSignedOut = (error: unknown): boolean =>
  isClientError(error) && error.code.startsWith('auth.');

/** The outcome is unknown or the server is unavailable. The call can be repeated with the same key. */
export const isPassing = (error: unknown): boolean =>
  isClientError(error, 'service.unavailable', 'operation.pending', 'network.unreachable');

/** The server refused, and a repeat gets the same answer. */
export const isRefusal = (error: unknown): boolean =>
  isClientError(error) &&
  !isPassing(error) &&
  !isClientError(error, 'rate.limited', 'auth.expired', 'internal.error');

/** The error of a call after `close()` or an abort. */
export const closedError = (): ClientError =>
  new ClientError('client.closed', 'The client was closed or the call was aborted.');

/** Creates the error of an error ack. */
export const fromSocketError = ({ code, message, details }: SocketError): ClientError =>
  new ClientError(code as ErrorCode, message, details ? { details } : {});
