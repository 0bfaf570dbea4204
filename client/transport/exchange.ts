import type { ProblemDocument } from '../../contract/problem.ts';
import { ClientError, type ClientErrorOptions, closedError, type ErrorCode } from '../errors.ts';

export interface OutgoingRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string | undefined;
}

/** Splits one flat input into path, query and body, for example for `POST /v1/sessions/{id}/leave`. */
export function compose(baseUrl: string, route: string, input: object): OutgoingRequest {
  const [method = '', template = ''] = route.split(' ');
  const rest: Record<string, unknown> = { ...input };
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest[name];
    delete rest[name];
    return encodeURIComponent(String(value));
  });
  const url = baseUrl.replace(/\/+$/, '') + path;
  const given = Object.entries(rest).filter(([, value]) => value !== undefined);
  if (method === 'GET' || method === 'DELETE') {
    const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
    return {
      method,
      url: given.length > 0 ? `${url}?${query}` : url,
      headers: {},
      body: undefined,
    };
  }
  // A PUT may have only path parameters. For the other methods an empty body is `{}`.
  if (method === 'PUT' && given.length === 0) return { method, url, headers: {}, body: undefined };
  return {
    method,
    url,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(Object.fromEntries(given)),
  };
}

export interface Transport {
  fetch: typeof fetch;
  timeoutMs: number;
  /** Aborts when the client closes or the caller aborts. */
  signal: AbortSignal;
}

/**
 * One attempt. Resolves with the body of a 2xx response (undefined for 204).
 * @throws {ClientError} with the code of the server, `operation.pending` after a timeout,
 * `network.unreachable` without a response, or `client.closed`
 */
export async function exchange(outgoing: OutgoingRequest, reach: Transport): Promise<unknown> {
  const { method, url, headers, body } = outgoing;
  const controller = new AbortController();
  const stop = () => controller.abort();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    stop();
  }, reach.timeoutMs);
  reach.signal.addEventListener('abort', stop, { once: true });
  try {
    if (reach.signal.aborted) throw closedError();
    const init: RequestInit = { method, headers, signal: controller.signal };
    const response = await reach.fetch(url, body === undefined ? init : { ...init, body });
    const text = await response.text();
    if (!response.ok) throw fromResponse(response, text);
    return text === '' ? undefined : contentOf(response, text);
  } catch (error) {
    if (error instanceof ClientError) throw error;
    if (reach.signal.aborted) throw closedError();
    if (late)
      throw new ClientError('operation.pending', 'The server did not respond in time.', {
        cause: error,
      });
    throw new ClientError('network.unreachable', 'The server is unreachable.', { cause: error });
  } finally {
    clearTimeout(timer);
    reach.signal.removeEventListener('abort', stop);
  }
}

/** Plain text and CSV come as they are. */
const contentOf = (response: Response, text: string): unknown =>
  /^text\/(csv|plain)/.test(response.headers.get('content-type') ?? '') ? text : JSON.parse(text);

function fromResponse(response: Response, text: string): ClientError {
  const after = Number(response.headers.get('retry-after') ?? Number.NaN);
  const options: ClientErrorOptions = {
    status: response.status,
    requestId: response.headers.get('x-request-id'),
    retryAfterSeconds: Number.isFinite(after) ? after : null,
  };
  const problem = parseProblem(text);
  if (!problem)
    return new ClientError(codeOfStatus(response.status), `HTTP ${response.status}`, options);
  return new ClientError(problem.code as ErrorCode, problem.detail ?? problem.title, {
    ...options,
    requestId: problem.requestId ?? options.requestId ?? null,
    ...(problem.details ? { details: problem.details } : {}),
    ...(problem.errors ? { errors: problem.errors } : {}),
  });
}

function parseProblem(text: string): ProblemDocument | null {
  try {
    const value = JSON.parse(text);
    return typeof value?.code === 'string' ? value : null;
  } catch {
    return null;
  }
}

/** The error for a response that does not come from Foyer, such as that of a proxy whose server is down. */
function codeOfStatus(status: number): ErrorCode {
  if (status === 502 || status === 503) return 'service.unavailable';
  if (status === 504) return 'operation.pending';
  if (status === 401) return 'auth.invalid';
  if (status === 403) return 'auth.forbidden';
  if (status === 404) return 'route.not_found';
  if (status === 413) return 'request.too_large';
  if (status === 429) return 'rate.limited';
  return status < 500 ? 'request.invalid' : 'internal.error';
}
