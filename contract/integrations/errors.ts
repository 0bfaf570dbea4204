import { defineErrors } from '../define.ts';

export const errors = defineErrors({
  'webhook_subscription.not_found': { status: 404, title: 'Webhook subscription not found.' },
  'webhook_subscription.stale_version': {
    status: 409,
    title: 'The subscription has changed since you read it. Read it again.',
  },
  'webhook_subscription.limit': {
    status: 409,
    title: 'There are too many webhook subscriptions. Delete one first.',
  },
  'webhook_subscription.disabled': {
    status: 409,
    title: 'This subscription is disabled. Set its state to active first.',
  },
  'webhook_delivery.not_found': { status: 404, title: 'Delivery not found.' },
});
