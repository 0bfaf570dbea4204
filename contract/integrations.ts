import { z } from 'zod';
import { defineRoute } from './define.ts';
import { id, listOf, page, timestamp, version } from './fields.ts';

export { errors } from './integrations/errors.ts';

/** `whsec_` and base64 of 24 to 64 bytes, as Standard Webhooks requires. */
export const webhookSecret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]+={0,2}$/, 'Must be whsec_ followed by base64.')
  .refine((secret) => {
    const bytes = Math.floor((secret.slice('whsec_'.length).replaceAll('=', '').length * 3) / 4);
    return bytes >= 24 && bytes <= 64;
  }, 'Must have 24 to 64 bytes.')
  .meta({ description: 'Signs the deliveries: whsec_ and base64 of 24 to 64 bytes' });

const url = z.url().max(2_000).meta({
  description:
    'https, at a public address; http and private addresses only with WEBHOOK_ALLOW_PRIVATE',
});
const events = z
  .array(z.string().min(1).max(64))
  .min(1)
  .max(64)
  .meta({ description: 'Event types; GET /openapi.json lists them under webhooks' });

export const subscriptionStates = ['active', 'disabled'] as const;
export const webhookSubscription = z.strictObject({
  id,
  url: z.string(),
  events: z.array(z.string()),
  /** Only in the answer to the request that sets it. */
  secret: z.string().optional(),
  state: z.enum(subscriptionStates),
  /** `gone` (410), `failing` (five days of failures), `backlog_full`, or `by_staff`. */
  disabledReason: z.string().nullable(),
  version,
});
export type WebhookSubscription = z.infer<typeof webhookSubscription>;

export const deliveryStates = ['pending', 'delivered', 'dead'] as const;
/** One event for one subscription, with its attempts. */
export const webhookDelivery = z.strictObject({
  id,
  eventId: id,
  type: z.string(),
  state: z.enum(deliveryStates),
  attempts: z.int().min(0),
  nextAttemptAt: timestamp.nullable(),
  lastStatus: z.int().nullable(),
  lastError: z.string().nullable(),
  createdAt: timestamp,
  deliveredAt: timestamp.nullable(),
});
export type WebhookDelivery = z.infer<typeof webhookDelivery>;

const subscriptionPath = z.strictObject({ id });

export const createWebhookSubscription = defineRoute({
  method: 'post',
  path: '/v1/webhook-subscriptions',
  summary: 'Create a webhook subscription',
  access: 'staff',
  body: z.strictObject({ url, events, secret: webhookSecret.optional() }),
  responses: { 201: webhookSubscription },
  errors: ['webhook_subscription.limit'],
  idempotent: true,
  answerHoldsSecret: true,
});
export type NewWebhookSubscription = z.output<typeof createWebhookSubscription.body & object>;

export const listWebhookSubscriptions = defineRoute({
  method: 'get',
  path: '/v1/webhook-subscriptions',
  summary: 'List webhook subscriptions',
  access: 'staff',
  query: z.strictObject(page),
  responses: { 200: listOf(webhookSubscription) },
});

export const readWebhookSubscription = defineRoute({
  method: 'get',
  path: '/v1/webhook-subscriptions/{id}',
  summary: 'Get a webhook subscription',
  access: 'staff',
  params: subscriptionPath,
  responses: { 200: webhookSubscription },
  errors: ['webhook_subscription.not_found'],
});

export const changeWebhookSubscription = defineRoute({
  method: 'patch',
  path: '/v1/webhook-subscriptions/{id}',
  summary: 'Change a webhook subscription; the previous secret also signs for a day',
  access: 'staff',
  params: subscriptionPath,
  body: z.strictObject({
    url: url.optional(),
    events: events.optional(),
    secret: webhookSecret.optional(),
    state: z.enum(subscriptionStates).optional(),
    version: version.optional(),
  }),
  responses: { 200: webhookSubscription },
  errors: ['webhook_subscription.not_found', 'webhook_subscription.stale_version'],
});

export const deleteWebhookSubscription = defineRoute({
  method: 'delete',
  path: '/v1/webhook-subscriptions/{id}',
  summary: 'Delete a webhook subscription; its pending deliveries are not sent',
  access: 'staff',
  params: subscriptionPath,
  responses: { 204: null },
  errors: ['webhook_subscription.not_found'],
});

export const listWebhookDeliveries = defineRoute({
  method: 'get',
  path: '/v1/webhook-subscriptions/{id}/deliveries',
  summary: 'List the deliveries of a webhook subscription, newest first',
  access: 'staff',
  params: subscriptionPath,
  query: z.strictObject({ ...page, state: z.enum(deliveryStates).optional() }),
  responses: { 200: listOf(webhookDelivery) },
  errors: ['webhook_subscription.not_found'],
});

export const redeliverWebhook = defineRoute({
  method: 'post',
  path: '/v1/webhook-subscriptions/{id}/deliveries/{deliveryId}/redeliver',
  summary: 'Send a webhook delivery again, once',
  access: 'staff',
  params: z.strictObject({ id, deliveryId: id }),
  responses: { 202: webhookDelivery },
  errors: [
    'webhook_subscription.not_found',
    'webhook_subscription.disabled',
    'webhook_delivery.not_found',
  ],
  idempotent: true,
});

export const routes = [
  createWebhookSubscription,
  listWebhookSubscriptions,
  readWebhookSubscription,
  changeWebhookSubscription,
  deleteWebhookSubscription,
  listWebhookDeliveries,
  redeliverWebhook,
] as const;
export const commands = [] as const;
export const pushes = [] as const;
export const currentState = {} as const;
