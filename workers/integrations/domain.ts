import type { WorkerDomain } from '../deps.ts';
import { deliverWebhooks } from './deliver-webhooks.ts';
import { fanOutEvents, webhookSweep } from './fan-out-events.ts';
import { webhookLimits } from './webhook-limits.ts';

/** The processors of integrations. They keep nothing in Redis, so a new epoch needs no restore. */
export const domain: WorkerDomain<'integrations'> = {
  processors: {
    'integrations.fan-out-events': fanOutEvents,
    'integrations.deliver-webhooks': deliverWebhooks,
    'integrations.webhook-sweep': webhookSweep,
    'integrations.webhook-limits': webhookLimits,
  },
};
