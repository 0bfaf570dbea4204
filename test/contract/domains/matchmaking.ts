import type { ContractExamples } from '../domain.ts';

export const examples: ContractExamples = {
  bodies: {
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
  },
};
