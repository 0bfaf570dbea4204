import type { WorkerDomain } from '../deps.ts';
import { deliverWebhooks } from './deliver-webhooks.ts';
import { fanOutEvents, webhookSweep } from './fan-out-events.ts';
import { webhookLimits } from './webhook-limits.ts';

/** The processors of integrations. Nothing of theirs is in Redis. */
export const domain: WorkerDomain<'integrations'> = {
  processors: {
    'integrations.fan-out-events': fanOutEvents,
    'integrations.deliver-webhooks': deliverWebhooks,
    'integrations.webhook-sweep': webhookSweep,
    'integrations.webhook-limits': webhookLimits,
  },
};
