/**
 * The catalogue of stable error codes. HTTP renders them as problem+json, sockets as an ack, jobs as
 * the failed reason; each translates once, at its edge. A code is permanent, a text is not.
 */
interface Problem {
  status: number;
  title: string;
}

const catalogue = {
  'request.invalid': { status: 400, title: 'The request is not valid.' },
  'request.too_large': { status: 413, title: 'The body is too large.' },
  'request.unsupported_media_type': { status: 415, title: 'The body must be JSON in UTF-8.' },
  'route.not_found': { status: 404, title: 'There is nothing at this address.' },
  'route.method_not_allowed': { status: 405, title: 'This address does not take this method.' },
  'auth.required': { status: 401, title: 'Sign in first.' },
  'auth.expired': { status: 401, title: 'The access token has expired.' },
  'auth.invalid': { status: 401, title: 'The access token is not valid.' },
  'auth.forbidden': { status: 403, title: 'Your role does not allow this.' },
  'auth.bad_credentials': { status: 401, title: 'Unknown username or wrong password.' },
  'auth.refresh_reused': { status: 401, title: 'This refresh token was used before.' },
  'account.username_taken': { status: 409, title: 'This username is taken.' },
  'account.already_registered': { status: 409, title: 'This account is already registered.' },
  'account.too_many_blocks': { status: 409, title: 'The block list is full.' },
  'user.not_found': { status: 404, title: 'There is no such user.' },
  'report.not_found': { status: 404, title: 'There is no such report.' },
  'match.not_found': { status: 404, title: 'There is no match request.' },
  'match.already_waiting': { status: 409, title: 'Another match request is waiting.' },
  'session.already_active': { status: 409, title: 'You are in a live session.' },
  'session.not_found': { status: 404, title: 'There is no such session.' },
  'session.bad_transition': { status: 409, title: 'The session is not in a state for this.' },
  'session.feedback_given': { status: 409, title: 'You have said how this call was.' },
  'idempotency.mismatch': {
    status: 422,
    title: 'This idempotency key was used with another request.',
  },
  'rate.limited': { status: 429, title: 'Too many requests.' },
  'subscription.limit': { status: 409, title: 'This socket watches too much; stop something.' },
  'connection.limited': { status: 429, title: 'Too many connections.' },
  'service.unavailable': {
    status: 503,
    title: 'A dependency is away; try again with the same key.',
  },
  'operation.pending': { status: 504, title: 'Accepted, not finished in time.' },
  'internal.error': { status: 500, title: 'Something went wrong on our side.' },
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
  /** Of `request.invalid`: which fields, and why. */
  errors?: FieldError[];
  /** For the caller, never another person's data. */
  details?: Record<string, unknown>;
  retryAfterSeconds?: number;
  cause?: unknown;
}

/** The only error that a caller may see. Anything else becomes `internal.error` at the edge. */
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

/** A processor throws this when a retry cannot help; the job fails at once with the code as its reason. */
export class GiveUp extends Error {
  override name = 'GiveUp';
}

/** Connection trouble of PostgreSQL or Redis, as opposed to a fault in what was asked. */
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
