import type { RouteDefinition } from '../define.ts';
import { domains } from '../domains.ts';
import { problem } from '../problem.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { requestBodyOf } from './openapi/contents.ts';
import { pagePaths } from './openapi/pages.ts';
import { responsesOf } from './openapi/responses.ts';
import { webhooks } from './openapi/webhooks.ts';
import type { OpenApiDocument, OperationObject, ParameterObject } from './openapi-types.ts';

/** Modules of routes by the name of their domain. The name of a route is its export name. */
export type RouteModules = Readonly<
  Record<string, { routes: readonly RouteDefinition[]; [name: string]: unknown }>
>;

/** The OpenAPI 3.1 document of every route of the catalogue, or of the given modules. */
export function openApi(
  version: string,
  url: string,
  modules: RouteModules = domains,
): OpenApiDocument {
  const paths: OpenApiDocument['paths'] = {};
  for (const [domain, module] of Object.entries(modules)) {
    for (const [name, value] of Object.entries(module)) {
      const route = module.routes.find((each) => each === value);
      if (!route) continue;
      paths[route.path] = {
        ...paths[route.path],
        [route.method]: operationOf(domain, name, route),
      };
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Foyer',
      version,
      description:
        'Match two people and connect them in a call. /asyncapi.json describes the socket.io events.',
    },
    servers: [{ url }],
    tags: Object.keys(modules).map((name) => ({ name })),
    paths: { ...paths, ...pagePaths },
    webhooks,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        ...claimSchemes(modules),
      },
      schemas: { Problem: jsonSchemaOf(problem, 'output') },
    },
  };
}

function operationOf(domain: string, name: string, route: RouteDefinition): OperationObject {
  const requestBody = requestBodyOf(route);
  return {
    operationId: `${domain}.${name}`,
    tags: [domain],
    summary: route.summary,
    description: describeAccess(route),
    security: securityOf(route),
    parameters: [
      ...parametersOf('path', route.params),
      ...parametersOf('query', route.query),
      ...(route.idempotent ? [IDEMPOTENCY_KEY] : []),
      ...(route.etag ? [IF_NONE_MATCH] : []),
    ],
    ...(requestBody ? { requestBody } : {}),
    responses: responsesOf(route),
  };
}

const CALLERS = {
  public: 'Access: anyone.',
  user: 'Access: any signed-in user, including guests.',
  staff: 'Access: staff and admins.',
  admin: 'Access: admins.',
};

const describeAccess = ({ access, claim, anyOrigin }: RouteDefinition): string =>
  [
    CALLERS[access],
    ...(claim ? [`\`${claim.header}\` is accepted too: ${claim.description}`] : []),
    ...(anyOrigin ? ['Scripts of every site may call it.'] : []),
  ].join(' ');

function securityOf({
  access,
  claim,
  ignoresBearer,
}: RouteDefinition): OperationObject['security'] {
  const byClaim = claim ? [{ [claim.header]: [] }] : [];
  if (access !== 'public') return [{ bearer: [] }, ...byClaim];
  return ignoresBearer ? [] : [{}, { bearer: [] }, ...byClaim];
}

/** One scheme for each header that carries a credential of a domain. */
const claimSchemes = (modules: RouteModules) =>
  Object.fromEntries(
    Object.values(modules).flatMap(({ routes }) =>
      routes.flatMap(({ claim }) =>
        claim
          ? [
              [
                claim.header,
                {
                  type: 'apiKey',
                  in: 'header',
                  name: claim.header,
                  description: claim.description,
                },
              ] as const,
            ]
          : [],
      ),
    ),
  );

function parametersOf(
  where: 'path' | 'query',
  schema: RouteDefinition['params'],
): ParameterObject[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = jsonSchemaOf(schema, 'input');
  return Object.entries(properties).map(([name, each]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: each,
  }));
}

const IDEMPOTENCY_KEY: ParameterObject = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Makes the request idempotent: within 24 hours, the same key and body return the first response.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};
const IF_NONE_MATCH: ParameterObject = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  description: 'The `ETag` of the answer that the client has.',
  schema: { type: 'string' },
};
