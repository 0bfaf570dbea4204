import type { WebhookSubscription } from '../../contract/integrations.ts';

export interface SubscriptionRow {
  id: string;
  url: string;
  host: string;
  events: string[];
  /** Sealed. */
  secret: string;
  /** Sealed. Also signs requests until `old_secret_until`. */
  old_secret: string | null;
  old_secret_until: Date | null;
  state: 'active' | 'disabled' | 'deleted';
  disabled_reason: string | null;
  version: number;
}

/** A subscription as the contract describes it, without its secret. */
export const renderSubscription = (row: SubscriptionRow): WebhookSubscription => ({
  id: row.id,
  url: row.url,
  events: row.events,
  state: row.state === 'active' ? 'active' : 'disabled',
  disabledReason: row.disabled_reason,
  version: row.version,
});

/** The context that seals and opens the secrets of a subscription; see `Sealer`. */
export const secretContext = (subscriptionId: string): string =>
  `webhook_subscriptions:${subscriptionId}`;
/** The host of a URL. The limit of requests in flight applies to each host. */
export const hostOf = (url: string): string => new URL(url).hostname;
