import { z } from 'zod';
import { defineJob, type Schedule } from './define.ts';

const none = z.strictObject({});

/** Creates the deliveries of recorded events. The next run supersedes it; `webhook-sweep` finds lost work. */
export const fanOutEvents = defineJob({
  name: 'integrations.fan-out-events',
  queue: 'integrations',
  payload: none,
  options: { attempts: 1 },
  key: () => 'all',
});

/**
 * Sends the due deliveries of one host. Leases in the table limit the requests in flight; `webhook-sweep`
 * finds lost work.
 */
export const deliverWebhooks = defineJob({
  name: 'integrations.deliver-webhooks',
  queue: 'integrations',
  payload: z.strictObject({ host: z.string().min(1).max(255) }),
  options: { attempts: 1 },
  key: ({ host }) => host,
});

/** Finds events without deliveries, and due deliveries. */
export const webhookSweep = defineJob({
  name: 'integrations.webhook-sweep',
  queue: 'maintenance',
  payload: none,
  options: { attempts: 1 },
});

/**
 * Disables subscriptions that exceed a limit, ends their pending deliveries, and seals secrets with the
 * newest key.
 */
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
