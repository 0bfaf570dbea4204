import { z } from 'zod';
import { defineJob, type Schedule } from './define.ts';

const none = z.strictObject({});

/** Makes the deliveries of recorded events. The next one supersedes it; the sweep `webhook-sweep` backs it up. */
export const fanOutEvents = defineJob({
  name: 'integrations.fan-out-events',
  queue: 'integrations',
  payload: none,
  options: { attempts: 1 },
  key: () => 'all',
});

/** Sends what is due to one host. Claims in the table bound the requests in flight; the sweep backs it up. */
export const deliverWebhooks = defineJob({
  name: 'integrations.deliver-webhooks',
  queue: 'integrations',
  payload: z.strictObject({ host: z.string().min(1).max(255) }),
  options: { attempts: 1 },
  key: ({ host }) => host,
});

/** Finds events without deliveries, and deliveries that are due. */
export const webhookSweep = defineJob({
  name: 'integrations.webhook-sweep',
  queue: 'maintenance',
  payload: none,
  options: { attempts: 1 },
});

/** Disables subscriptions without hope, ends what is pending for them, and seals secrets with the newest key. */
export const webhookLimits = defineJob({
  name: 'integrations.webhook-limits',
  queue: 'maintenance',
  payload: none,
  options: { attempts: 1 },
});

/** Every job of integrations. */
export const jobs = [fanOutEvents, deliverWebhooks, webhookSweep, webhookLimits] as const;

/** The sweeps of integrations and how often they run. */
export const schedules = (): readonly Schedule[] => [
  { job: webhookSweep, everySeconds: 2 },
  { job: webhookLimits, everySeconds: 15 },
];
