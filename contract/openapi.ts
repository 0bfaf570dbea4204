import type { RouteDefinition } from './define.ts';
import { domains } from './domains.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { pagePaths } from './openapi/pages.ts';
import { responsesOf } from './openapi/responses.ts';
import { webhooks } from './openapi/webhooks.ts';
import type { OpenApiDocument, OperationObject, ParameterObject } from './openapi-types.ts';
import { problem } from './problem.ts';

/** The OpenAPI 3.1 document of every route of the catalogue. */
export function openApi(version: string, url: string): OpenApiDocument {
  const paths: OpenApiDocument['paths'] = {};
  for (const [domain, module] of Object.entries(domains)) {
    for (const [name, value] of Object.entries(module)) {
      const route = (module.routes as readonly unknown[]).includes(value)
        ? (value as RouteDefinition)
        : undefined;
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
    tags: Object.keys(domains).map((name) => ({ name })),
    paths: { ...paths, ...pagePaths },
    webhooks,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Problem: jsonSchemaOf(problem, 'output') },
    },
  };
}

function operationOf(domain: string, name: string, route: RouteDefinition): OperationObject {
  return {
    operationId: `${domain}.${name}`,
    tags: [domain],
    summary: route.summary,
    description: CALLERS[route.access],
    security: securityOf(route),
    parameters: [
      ...parametersOf('path', route.params),
      ...parametersOf('query', route.query),
      ...(route.idempotent ? [IDEMPOTENCY_KEY] : []),
    ],
    ...(route.body ? { requestBody: bodyOf(route.body) } : {}),
    responses: responsesOf(route),
  };
}

const CALLERS = {
  public: 'Access: anyone.',
  user: 'Access: any signed-in user, including guests.',
  staff: 'Access: staff and admins.',
  admin: 'Access: admins.',
};

function securityOf({ access, ignoresBearer }: RouteDefinition): OperationObject['security'] {
  if (access !== 'public') return [{ bearer: [] }];
  return ignoresBearer ? [] : [{}, { bearer: [] }];
}

function bodyOf(schema: NonNullable<RouteDefinition['body']>) {
  const json = jsonSchemaOf(schema, 'input');
  return {
    required: (json.required ?? []).length > 0,
    content: { 'application/json': { schema: json } },
  };
}

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
