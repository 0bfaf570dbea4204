import type { OperationObject } from '../openapi-types.ts';

/** The documents that the server serves in addition to the routes of the domains. */
const pages = [
  { path: '/', name: 'home', summary: 'Get the home page', type: 'text/html' },
  { path: '/docs', name: 'docs', summary: 'Read the API reference', type: 'text/html' },
  {
    path: '/openapi.json',
    name: 'openapi',
    summary: 'Get the OpenAPI document',
    type: 'application/json',
  },
  {
    path: '/asyncapi.json',
    name: 'asyncapi',
    summary: 'Get the AsyncAPI document of the socket.io events',
    type: 'application/json',
  },
  {
    path: '/metrics',
    name: 'metrics',
    summary: 'Get Prometheus metrics; needs METRICS_TOKEN as bearer token when it is set',
    type: 'text/plain',
  },
] as const;

export const pagePaths: Record<string, Record<string, OperationObject>> = Object.fromEntries(
  pages.map(({ path, name, summary, type }) => [
    path,
    {
      get: {
        operationId: `pages.${name}`,
        tags: ['operations'],
        summary,
        description: 'Access: anyone.',
        security: name === 'metrics' ? [{}, { bearer: [] }] : [],
        parameters: [],
        responses: {
          200: {
            description: 'The document.',
            headers: {},
            content: { [type]: { schema: type === 'application/json' ? {} : { type: 'string' } } },
          },
        },
      },
    },
  ]),
);
