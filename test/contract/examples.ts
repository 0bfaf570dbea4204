import type { RouteDefinition } from '../../contract/define.ts';

export const AN_ID = '018f3c4e-0000-7000-8000-000000000001';
const PASSWORD = 'correct horse battery';

/** A valid body for every route that takes one, by method and path. */
export const bodies: Record<string, Record<string, unknown>> = {
  'post /v1/auth/guest': { displayName: 'Ada' },
  'post /v1/auth/register': { username: 'ada', password: PASSWORD, displayName: 'Ada' },
  'post /v1/auth/login': { username: 'ada', password: PASSWORD },
  'post /v1/auth/refresh': { refreshToken: 'x' },
  'post /v1/auth/logout': { refreshToken: 'x' },
  'patch /v1/me': {
    displayName: 'Ada',
    nativeLanguages: ['en'],
    practiceLanguages: ['de'],
    settings: { theme: 'dark', locale: 'en-GB', timezone: 'Europe/London' },
  },
  'put /v1/users/{id}/role': { role: 'staff' },
  'post /v1/reports': { userId: AN_ID, reason: 'rude', note: 'Shouted.' },
  'patch /v1/reports/{id}': { state: 'closed' },
  'post /v1/match-requests': {
    native: ['en'],
    practice: ['de'],
    pool: 'default',
    level: 3,
    topics: ['music'],
  },
  'post /v1/sessions/{id}/accept': {},
  'post /v1/sessions/{id}/decline': { reason: 'not now' },
  'post /v1/sessions/{id}/feedback': { rating: 5, note: 'We laughed a lot.' },
  'post /v1/sessions/{id}/leave': { reason: 'enough' },
};

export const nameOf = ({ method, path }: RouteDefinition) => `${method} ${path}`;
/** A URL of the route with an id for each path parameter and all required query parameters. */
export const addressOf = ({ path }: RouteDefinition) =>
  path.replace(/\{\w+\}/g, AN_ID) + (path === '/v1/users' ? '?q=a' : '');
