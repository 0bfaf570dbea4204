import { z } from 'zod';
import { bounds } from '../../../config.ts';
import type { WebhookEventDefinition } from '../../define.ts';
import { type ContractDomain, domains } from '../../domains.ts';
import { timestamp } from '../../fields.ts';
import { jsonSchemaOf } from '../json-schema.ts';
import type { OperationObject, ParameterObject } from '../openapi-types.ts';

/** The body of every request to a receiver: `{ type, timestamp, data }`. */
const payloadOf = ({ type, data }: WebhookEventDefinition) =>
  z.strictObject({
    type: z.literal(type),
    timestamp: timestamp.meta({
      description: 'When the event was recorded: the same at every attempt',
    }),
    data,
  });

const header = (name: string, description: string): ParameterObject => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string' },
});
const HEADERS = [
  header(
    'webhook-id',
    'The id of the event. It is the same at every attempt, so a receiver can ignore duplicates',
  ),
  header('webhook-timestamp', 'When this request was signed, in seconds since 1970'),
  header(
    'webhook-signature',
    'One signature for each valid secret, separated by spaces: `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`',
  ),
];

const answer = (description: string) => ({ description, headers: {} });
const ANSWERS = {
  '2XX': answer('Delivered. The body is not read.'),
  410: answer('Delivery ends: the subscription is disabled.'),
  default: answer(
    `Not delivered: any other status, a redirect, or no answer in ${bounds.webhookTimeoutSeconds} seconds. Sent again after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h, each counted from the previous attempt.`,
  ),
};

const operationOf = (domain: string, event: WebhookEventDefinition): OperationObject => ({
  operationId: `webhooks.${event.type}`,
  tags: [domain],
  summary: event.summary,
  description:
    'Sent to every subscription of this type, at least once, and in order per subject. Signed as Standard Webhooks describes.',
  security: [],
  parameters: HEADERS,
  requestBody: {
    required: true,
    content: { 'application/json': { schema: jsonSchemaOf(payloadOf(event), 'output') } },
  },
  responses: ANSWERS,
});

/** The section `webhooks` of the document: the requests to receivers, by event type. */
export const webhooks: Record<string, { post: OperationObject }> = Object.fromEntries(
  Object.entries<ContractDomain>(domains).flatMap(([domain, { webhookEvents = [] }]) =>
    webhookEvents.map((event) => [event.type, { post: operationOf(domain, event) }]),
  ),
);
