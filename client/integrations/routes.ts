import type * as integrations from '../../contract/integrations.ts';
import type { RouteTable } from '../define.ts';

/** The routes of integrations by their names in the contract. */
export const integrationsRoutes = {
  createWebhookSubscription: 'POST /v1/webhook-subscriptions',
  listWebhookSubscriptions: 'GET /v1/webhook-subscriptions',
  readWebhookSubscription: 'GET /v1/webhook-subscriptions/{id}',
  changeWebhookSubscription: 'PATCH /v1/webhook-subscriptions/{id}',
  deleteWebhookSubscription: 'DELETE /v1/webhook-subscriptions/{id}',
  listWebhookDeliveries: 'GET /v1/webhook-subscriptions/{id}/deliveries',
  redeliverWebhook: 'POST /v1/webhook-subscriptions/{id}/deliveries/{deliveryId}/redeliver',
} as const satisfies RouteTable<typeof integrations>;
