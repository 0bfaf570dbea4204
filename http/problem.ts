import { FoyerError, problemOf } from '../contract/errors.ts';
import type { ProblemDocument } from '../contract/problem.ts';
import { isDependencyUnavailable } from '../errors.ts';
import type { Log } from '../log.ts';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** An error as an HTTP response: the problem document and the headers that its status requires. */
export interface RenderedProblem {
  status: number;
  headers: Record<string, string>;
  body: ProblemDocument;
}

const RETRY_SECONDS = 1;
/** Statement timeout, lock timeout, serialization failure, deadlock: all worth a retry. */
const BUSY = new Set(['57014', '55P03', '40001', '40P01']);

/** Turns any error into one that a caller may see. Unexpected errors are logged with their stack and hidden. */
export function toFoyerError(error: unknown, log: Log): FoyerError {
  if (error instanceof FoyerError) return error;
  const busy = BUSY.has(String((error as { code?: unknown } | null)?.code));
  if (busy || isDependencyUnavailable(error)) {
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ reason }, 'a dependency is unavailable');
    return new FoyerError('service.unavailable', { retryAfterSeconds: RETRY_SECONDS });
  }
  log.error({ err: error }, 'unexpected error');
  return new FoyerError('internal.error');
}

/** RFC 9457 problem details. `type` is a URN that names the code; it is not a URL to fetch. */
export function toProblem(error: FoyerError, requestId: string): RenderedProblem {
  const { code, status, options } = error;
  const headers: Record<string, string> = {};
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  if (status === 429 || status === 503) {
    headers['retry-after'] = String(options.retryAfterSeconds ?? RETRY_SECONDS);
  }
  const body: ProblemDocument = {
    type: `urn:foyer:error:${code}`,
    title: problemOf(code).title,
    status,
    code,
    detail: error.message,
    ...(options.errors ? { errors: options.errors } : {}),
    ...(options.details ? { details: options.details } : {}),
    requestId,
  };
  return { status, headers, body };
}
