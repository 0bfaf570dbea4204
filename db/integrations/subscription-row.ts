import type { WebhookSubscription } from '../../contract/integrations.ts';

export interface SubscriptionRow {
  id: string;
  url: string;
  host: string;
  events: string[];
  /** Sealed. */
  secret: string;
  /** Sealed; signs too until `old_secret_until`. */
  old_secret: string | null;
  old_secret_until: Date | null;
  state: 'active' | 'disabled' | 'deleted';
  disabled_reason: string | null;
  version: number;
}

/** A subscription in the form of the contract, without its secret. */
export const renderSubscription = (row: SubscriptionRow): WebhookSubscription => ({
  id: row.id,
  url: row.url,
  events: row.events,
  state: row.state === 'active' ? 'active' : 'disabled',
  disabledReason: row.disabled_reason,
  version: row.version,
});

/** Where a sealed secret of a subscription stands; see `Sealer`. */
export const secretContext = (subscriptionId: string): string =>
  `webhook_subscriptions:${subscriptionId}`;
/** What the bound of requests in flight counts by. */
export const hostOf = (url: string): string => new URL(url).hostname;
