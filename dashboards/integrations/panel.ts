import { Gauge } from 'prom-client';
import { bounds } from '../../config.ts';
import {
  eventsWaiting,
  LARGE_BACKLOG,
  type SubscriptionStats,
  subscriptionStats,
  type WebhookStats,
  webhookStats,
} from '../../db/integrations/webhook-stats.ts';
import { registry } from '../../metrics.ts';
import { cached } from '../overview/cached.ts';
import type { Panel, PanelDeps, Problem } from '../panel.ts';

/** How long the stats are cached: counting 200 large backlogs is slow. */
const SLOW_MS = 5_000;
/** A longer wait is a problem, because the sweep fans out every two seconds. */
const LATE_SECONDS = 30;

/** The webhook subscriptions, their backlogs and the latest deliveries. */
export const integrations: Panel<'integrations', WebhookStats> = {
  name: 'integrations',
  createReader: ({ db }) => cached(SLOW_MS, () => webhookStats(db)),
  problems: ({ subscriptions, waiting }) => [
    ...ofWaiting(waiting.oldestSeconds),
    ...subscriptions.flatMap(ofSubscription),
  ],
  measure,
};

const ofWaiting = (seconds: number | null): Problem[] =>
  seconds !== null && seconds > LATE_SECONDS
    ? [
        {
          level: 'bad',
          text: `A webhook event has waited ${Math.round(seconds)} s for its fan-out`,
        },
      ]
    : [];

/** Why Foyer disables a subscription. A subscription that staff disabled is not a problem. */
const REASONS: Record<string, string> = {
  gone: 'its receiver answered 410',
  failing: `all requests failed for ${bounds.webhookFailingDays} days`,
  backlog_full: `it had more than ${bounds.webhookPending} pending deliveries`,
};

function ofSubscription(one: SubscriptionStats): Problem[] {
  const reason = REASONS[one.disabledReason ?? ''];
  if (one.state === 'disabled')
    return reason
      ? [
          {
            level: 'warn',
            text: `The webhook subscription of ${one.address} is disabled: ${reason}`,
          },
        ]
      : [];
  if (one.pending <= LARGE_BACKLOG) return [];
  const text = `More than ${LARGE_BACKLOG} webhook deliveries are pending for ${one.address}; the subscription is disabled at more than ${bounds.webhookPending}`;
  return [{ level: 'warn', text }];
}

const registers = [registry];
const pendingDeliveries = new Gauge({
  name: 'foyer_webhook_deliveries_pending',
  help: `Deliveries that are not delivered yet. Each subscription counts for at most ${LARGE_BACKLOG + 1}.`,
  registers,
});
const waitingEvents = new Gauge({
  name: 'foyer_webhook_events_waiting',
  help: `Events that have no deliveries yet, at most ${LARGE_BACKLOG + 1}.`,
  registers,
});
const oldestEvent = new Gauge({
  name: 'foyer_webhook_event_oldest_seconds',
  help: 'How long the oldest event has waited for its deliveries; 0 when none waits.',
  registers,
});
const oldestDelivery = new Gauge({
  name: 'foyer_webhook_oldest_seconds',
  help: 'The age of the oldest event with a pending delivery; 0 when none is pending.',
  registers,
});
const disabledSubscriptions = new Gauge({
  name: 'foyer_webhook_subscriptions_disabled',
  help: 'Subscriptions that Foyer disabled, by reason.',
  labelNames: ['reason'],
  registers,
});

async function measure({ db }: PanelDeps): Promise<void> {
  const [subscriptions, waiting] = await Promise.all([subscriptionStats(db), eventsWaiting(db)]);
  pendingDeliveries.set(subscriptions.reduce((sum, { pending }) => sum + pending, 0));
  oldestDelivery.set(Math.max(0, ...subscriptions.map((one) => one.oldestSeconds ?? 0)));
  waitingEvents.set(waiting.events);
  oldestEvent.set(waiting.oldestSeconds ?? 0);
  for (const reason of Object.keys(REASONS)) {
    const disabled = subscriptions.filter((one) => one.disabledReason === reason);
    disabledSubscriptions.set({ reason }, disabled.length);
  }
}
