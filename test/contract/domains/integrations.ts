import type { ContractExamples } from '../domain.ts';

/** A public address, so that nothing is looked up. */
const url = 'https://93.184.215.14/foyer';
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export const examples: ContractExamples = {
  bodies: {
    'post /v1/webhook-subscriptions': { url, events: ['session.completed'], secret },
    'patch /v1/webhook-subscriptions/{id}': {
      url,
      events: ['session.completed', 'report.created'],
      secret,
      state: 'active',
      version: 1,
    },
  },
};
