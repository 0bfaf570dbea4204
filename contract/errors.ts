import { defineErrors, type Problem } from './define.ts';
import { type DomainName, domains } from './domains.ts';

/** The codes of the shell: what every route and every event can answer. */
export const coreErrors = defineErrors({
  'request.invalid': { status: 400, title: 'The request is invalid.' },
  'request.too_large': { status: 413, title: 'The request body is too large.' },
  'request.unsupported_media_type': {
    status: 415,
    title:
      'The media type of the request body is not supported. Most addresses take JSON in UTF-8.',
  },
  'route.not_found': { status: 404, title: 'This address does not exist. Check the path.' },
  'route.method_not_allowed': { status: 405, title: 'This address does not support this method.' },
  'auth.required': { status: 401, title: 'Sign in to continue.' },
  'auth.expired': { status: 401, title: 'The access token has expired. Refresh it and try again.' },
  'auth.invalid': { status: 401, title: 'The token is invalid. Sign in again.' },
  'auth.forbidden': { status: 403, title: "You don't have permission to do this." },
  'idempotency.mismatch': {
    status: 422,
    title: 'This idempotency key was already used with a different request. Use a new key.',
  },
  'rate.limited': { status: 429, title: 'Too many requests. Try again in a moment.' },
  'subscription.limit': {
    status: 409,
    title: 'This socket watches too many things. Stop watching something first.',
  },
  'connection.limited': { status: 429, title: 'Too many connections. Try again in a moment.' },
  'service.unavailable': {
    status: 503,
    title:
      'The service is temporarily unavailable. Try again in a moment with the same idempotency key.',
  },
  'operation.pending': {
    status: 504,
    title:
      'The request has not finished yet. Try again with the same idempotency key to get its result.',
  },
  'internal.error': {
    status: 500,
    title: 'Something went wrong on our side. Try again in a moment.',
  },
});

type DomainErrors = (typeof domains)[DomainName]['errors'];
type CodeOf<Errors> = Errors extends unknown ? keyof Errors : never;

/**
 * A stable error code: one of the shell or of a domain. HTTP renders an error as problem+json, sockets
 * render it in the ack, and jobs record the code as the failed reason.
 */
export type ErrorCode = keyof typeof coreErrors | CodeOf<DomainErrors>;

const catalogue = Object.assign(
  {},
  coreErrors,
  ...Object.values(domains).map(({ errors }) => errors),
) as Readonly<Record<ErrorCode, Problem>>;

export const errorCodes = Object.keys(catalogue) as ErrorCode[];
export const problemOf = (code: ErrorCode): Problem => catalogue[code];

export interface FieldError {
  path: string;
  message: string;
}

export interface FoyerErrorOptions {
  detail?: string;
  /** For `request.invalid`: the invalid fields, each with a message. */
  errors?: FieldError[];
  /** Extra data for the caller. Must never contain another user's data. */
  details?: Record<string, unknown>;
  retryAfterSeconds?: number;
  cause?: unknown;
}

/** The only error that a caller sees. HTTP and sockets turn every other error into `internal.error`. */
export class FoyerError extends Error {
  override name = 'FoyerError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly options: FoyerErrorOptions;

  constructor(code: ErrorCode, options: FoyerErrorOptions = {}) {
    super(options.detail ?? problemOf(code).title, { cause: options.cause });
    this.code = code;
    this.status = problemOf(code).status;
    this.options = options;
  }
}
