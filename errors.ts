/**
 * The catalogue of stable error codes. HTTP renders an error as problem+json, sockets render it in the
 * ack, and jobs record the code as the failed reason. A code is permanent; its title may change.
 */
interface Problem {
  status: number;
  title: string;
}

const catalogue = {
  'request.invalid': { status: 400, title: 'The request is invalid.' },
  'request.too_large': { status: 413, title: 'The request body is too large.' },
  'request.unsupported_media_type': {
    status: 415,
    title: 'The request body must be JSON in UTF-8.',
  },
  'route.not_found': { status: 404, title: 'This address does not exist. Check the path.' },
  'route.method_not_allowed': { status: 405, title: 'This address does not support this method.' },
  'auth.required': { status: 401, title: 'Sign in to continue.' },
  'auth.expired': { status: 401, title: 'The access token has expired. Refresh it and try again.' },
  'auth.invalid': { status: 401, title: 'The token is invalid. Sign in again.' },
  'auth.forbidden': { status: 403, title: "You don't have permission to do this." },
  'auth.bad_credentials': { status: 401, title: 'The username or password is incorrect.' },
  'auth.refresh_reused': {
    status: 401,
    title: 'This refresh token was already used, so its tokens are revoked. Sign in again.',
  },
  'account.username_taken': {
    status: 409,
    title: 'This username is already taken. Choose another one.',
  },
  'account.already_registered': {
    status: 409,
    title: 'This account is already registered. Sign out to create another one.',
  },
  'account.too_many_blocks': {
    status: 409,
    title: 'Your block list is full. Unblock someone first.',
  },
  'user.not_found': { status: 404, title: 'User not found.' },
  'report.not_found': { status: 404, title: 'Report not found.' },
  'match.not_found': { status: 404, title: 'Match request not found.' },
  'match.already_waiting': {
    status: 409,
    title: 'You already have a waiting match request. Cancel it first.',
  },
  'session.already_active': { status: 409, title: "You're already in a session. Leave it first." },
  'session.not_found': { status: 404, title: 'Session not found.' },
  'session.bad_transition': {
    status: 409,
    title: "The session's current state does not allow this.",
  },
  'session.feedback_given': { status: 409, title: "You've already rated this call." },
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
} as const satisfies Record<string, Problem>;

export type ErrorCode = keyof typeof catalogue;
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

/** A processor throws this when a retry cannot help. The job fails at once with the code as its reason. */
export class GiveUp extends Error {
  override name = 'GiveUp';
}

/** True for a connection or resource failure of PostgreSQL or Redis; false for a bad request or a bug. */
export function isDependencyUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: string }).code ?? '';
  if (/^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)/.test(code)) return true;
  // SQLSTATE classes 08 (connection), 57P (shutdown, crash), 53 (no resources)
  if (/^(08...|57P0.|53...|25P03)$/.test(code)) return true;
  return (
    UNAVAILABLE_MESSAGES.some((text) => error.message.includes(text)) ||
    UNAVAILABLE_NAMES.has(error.name)
  );
}

const UNAVAILABLE_NAMES = new Set([
  'MaxRetriesPerRequestError',
  'ClusterAllFailedError',
  'KnexTimeoutError',
  'BrokenCircuitError',
]);
const UNAVAILABLE_MESSAGES = [
  'Command timed out',
  'Connection is closed',
  "Stream isn't writeable",
  'Connection terminated',
  'Connection ended unexpectedly',
  'Timeout acquiring a connection',
  'timeout exceeded when trying to connect',
  'LOADING Redis',
  'READONLY',
  'Client has encountered a connection error',
  'Client was closed and is not queryable',
  'Unable to acquire a connection',
  'Query read timeout',
  'CLUSTERDOWN',
  'MASTERDOWN',
  'All sentinels are unreachable',
];
