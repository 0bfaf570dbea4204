import { AN_ID, type ContractExamples } from '../domain.ts';

const PASSWORD = 'correct horse battery';

export const examples: ContractExamples = {
  bodies: {
    'post /v1/auth/guest': { displayName: 'Ada' },
    'post /v1/auth/register': { username: 'ada', password: PASSWORD, displayName: 'Ada' },
    'post /v1/auth/login': { username: 'ada', password: PASSWORD },
    'post /v1/auth/local-staff': {},
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
  },
  queries: { 'get /v1/users': '?q=a' },
};
