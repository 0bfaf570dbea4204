import type { OperationObject } from './openapi-types.ts';

/** What the server port serves beside the routes of the domains: documents for people and machines. */
const pages = [
  { path: '/', name: 'home', summary: 'What this is, and links', type: 'text/html' },
  { path: '/docs', name: 'docs', summary: 'These documents, to read', type: 'text/html' },
  { path: '/openapi.json', name: 'openapi', summary: 'This document', type: 'application/json' },
  {
    path: '/asyncapi.json',
    name: 'asyncapi',
    summary: 'The events over socket.io',
    type: 'application/json',
  },
  {
    path: '/metrics',
    name: 'metrics',
    summary: 'Stats for Prometheus; behind METRICS_TOKEN when that is set',
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
        description: 'Anyone.',
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
