import { type AnswerKind, isRaw } from '../../answers.ts';
import type { RouteDefinition } from '../../define.ts';
import { type ErrorCode, problemOf } from '../../errors.ts';
import type { JsonSchema } from '../json-schema.ts';
import type { ResponseObject } from '../openapi-types.ts';
import { contentOf } from './contents.ts';

/** Every response of a route: its own, and those of the checks that run before it. */
export function responsesOf(route: RouteDefinition): Record<string, ResponseObject> {
  const responses: Record<string, ResponseObject> = {};
  for (const [status, kind] of Object.entries(route.responses) as [string, AnswerKind][]) {
    const content = contentOf(kind);
    responses[status] = {
      description: descriptionOf(route, status),
      headers: { ...headersOf(route, Number(status)), ...ownHeadersOf(route, kind) },
      ...(content ? { content } : {}),
    };
  }
  if (route.etag)
    responses[304] = {
      description: 'Not modified: the `If-None-Match` header names the current state.',
      headers: { ...headersOf(route, 304), ...ETAG },
    };
  for (const [status, codes] of byStatus(codesOf(route))) {
    const own = responses[status];
    const said = codes.map((code) => `\`${code}\`: ${problemOf(code).title}`);
    responses[status] = {
      description: [...(own ? [own.description] : []), ...said].join('\n'),
      headers: headersOf(route, Number(status)),
      content: {
        ...own?.content,
        'application/problem+json': { schema: problemWith(codes) },
      },
    };
  }
  return responses;
}

const DESCRIPTIONS: Record<string, string> = {
  200: 'OK.',
  201: 'Created.',
  202: 'Accepted.',
  204: 'No content.',
  302: 'Found.',
  503: 'Not ready.',
};

/** A route that creates something answers 200 when the thing is already there. */
function descriptionOf(route: RouteDefinition, status: string): string {
  if (status === '200' && 201 in route.responses)
    return 'Idempotent: the same request returns the same result.';
  return DESCRIPTIONS[status] ?? 'The response.';
}

/** Whether the limits of people and addresses count its requests, and their headers say so. */
const isCounted = ({ path, body }: RouteDefinition) => path.startsWith('/v1/') && !isRaw(body);

/** The error codes of a route: those of the checks that run before it, and those that it declares. */
export function codesOf(route: RouteDefinition): ErrorCode[] {
  const signedIn = route.access !== 'public';
  const isLimited = isCounted(route) || isRaw(route.body);
  const codes: ErrorCode[] = [
    ...(signedIn ? (['auth.required'] as const) : []),
    ...(signedIn || !route.ignoresBearer ? (['auth.expired', 'auth.invalid'] as const) : []),
    ...(route.access === 'staff' || route.access === 'admin' ? (['auth.forbidden'] as const) : []),
    ...(isLimited ? (['rate.limited'] as const) : []),
    'request.invalid',
    ...(route.method === 'get'
      ? []
      : (['request.too_large', 'request.unsupported_media_type'] as const)),
    ...(route.idempotent ? (['idempotency.mismatch'] as const) : []),
    // `test/contract/errors.test.ts` compares them with the catalogue
    ...((route.errors ?? []) as readonly ErrorCode[]),
    'internal.error',
    'service.unavailable',
    'operation.pending',
  ];
  return [...new Set(codes)];
}

function byStatus(codes: ErrorCode[]): [string, ErrorCode[]][] {
  const groups = new Map<string, ErrorCode[]>();
  for (const code of codes) {
    const status = String(problemOf(code).status);
    groups.set(status, [...(groups.get(status) ?? []), code]);
  }
  return [...groups];
}

const problemWith = (codes: ErrorCode[]): JsonSchema => ({
  allOf: [{ $ref: '#/components/schemas/Problem' }],
  properties: { code: { enum: codes } },
});

function headersOf(route: RouteDefinition, status: number): ResponseObject['headers'] {
  return {
    'x-request-id': header('The id of this request. Quote it when you report a problem.', 'string'),
    // authentication runs before rate limiting, so 401 and 403 carry no rate headers
    ...(isCounted(route) && status !== 401 && status !== 403 ? RATE_HEADERS : {}),
    ...(route.idempotent && (status < 300 || status === 409) ? REPLAYED : {}),
    ...(status === 429 || status === 503 ? RETRY_AFTER : {}),
  };
}

function ownHeadersOf(route: RouteDefinition, kind: AnswerKind): ResponseObject['headers'] {
  if (kind !== null && 'kind' in kind && kind.kind === 'redirect') return LOCATION;
  return route.etag ? ETAG : {};
}

const header = (description: string, type: string) => ({ description, schema: { type } });
const RATE_HEADERS = {
  'RateLimit-Limit': header('Requests allowed per window.', 'integer'),
  'RateLimit-Remaining': header('Requests left in the current window.', 'integer'),
  'RateLimit-Reset': header('Seconds until the current window ends.', 'integer'),
};
const REPLAYED = {
  'idempotency-replayed': header(
    '`true` when the server repeats the first response for this idempotency key.',
    'string',
  ),
};
const RETRY_AFTER = { 'Retry-After': header('Seconds to wait before you retry.', 'integer') };
const LOCATION = { Location: header('The address to continue at.', 'string') };
const ETAG = { ETag: header('The version of the answer, for `If-None-Match`.', 'string') };
