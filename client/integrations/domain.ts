import type * as contract from '../../contract/integrations.ts';
import type { RouteTable } from '../define.ts';
import type { ClientDomain } from '../define-domain.ts';

const routes = {
  createWebhookSubscription: 'POST /v1/webhook-subscriptions',
  listWebhookSubscriptions: 'GET /v1/webhook-subscriptions',
  changeWebhookSubscription: 'PATCH /v1/webhook-subscriptions/{id}',
  deleteWebhookSubscription: 'DELETE /v1/webhook-subscriptions/{id}',
  listWebhookDeliveries: 'GET /v1/webhook-subscriptions/{id}/deliveries',
  redeliverWebhook: 'POST /v1/webhook-subscriptions/{id}/deliveries/{deliveryId}/redeliver',
} as const satisfies RouteTable<typeof contract>;

/** The calls of integrations. They keep no state. */
export const integrations: ClientDomain<'integrations', typeof contract> = {
  name: 'integrations',
  routes,
  anonymous: [],
  neverRepeated: [],
};
