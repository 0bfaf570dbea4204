import type { RouteDefinition } from './define.ts';
import { domains } from './domains.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { pagePaths } from './openapi-pages.ts';
import { responsesOf } from './openapi-responses.ts';
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
        'Match people into calls. Events over socket.io are described in /asyncapi.json.',
    },
    servers: [{ url }],
    tags: Object.keys(domains).map((name) => ({ name })),
    paths: { ...paths, ...pagePaths },
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
  public: 'Anyone.',
  user: 'Anyone signed in, guests included.',
  staff: 'Staff and admins.',
  admin: 'Admins.',
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
  description: 'The same key and body within 24 hours give the first response again.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};
