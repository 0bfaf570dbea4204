import { bounds } from '../../config.ts';
import type { WebhookDelivery } from '../../contract/integrations.ts';
import { type Db, rowsOf } from '../knex.ts';

/** A larger backlog of one subscription is reported as a problem. Counting stops one above it. */
export const LARGE_BACKLOG = bounds.webhookPending / 10;
/** How many deliveries the operators see. */
const LATEST = 20;
/** How many deliveries of a subscription are searched for its last failure. */
const SEARCHED = 100;

export interface SubscriptionStats {
  id: string;
  /** Scheme, host and path: a query may contain a token. */
  address: string;
  events: string[];
  state: 'active' | 'disabled';
  disabledReason: string | null;
  /** At most `LARGE_BACKLOG` + 1. */
  pending: number;
  /** The age of the oldest counted delivery (seconds); null when none is pending. */
  oldestSeconds: number | null;
  /** The newest recent delivery with an error that was not delivered since. */
  lastFailure: { error: string; ageSeconds: number } | null;
}

export interface DeliveryStats {
  id: string;
  address: string;
  type: string;
  state: WebhookDelivery['state'];
  attempts: number;
  lastStatus: number | null;
  lastError: string | null;
  /** The age of the event. */
  ageSeconds: number;
}

export interface WebhookStats {
  /** Oldest first. */
  subscriptions: SubscriptionStats[];
  /** The latest deliveries of all subscriptions, newest event first. */
  deliveries: DeliveryStats[];
  /** Events that wait for their fan-out. */
  waiting: EventsWaiting;
}

export interface EventsWaiting {
  /** At most `LARGE_BACKLOG` + 1. */
  events: number;
  oldestSeconds: number | null;
}

/** What operators see of webhooks. It contains no secret, and each part reads a bounded number of rows. */
export async function webhookStats(db: Db): Promise<WebhookStats> {
  const [subscriptions, deliveries, waiting] = await Promise.all([
    subscriptionStats(db),
    latestDeliveries(db),
    eventsWaiting(db),
  ]);
  return { subscriptions, deliveries, waiting };
}

type WithUrl<Row extends { address: string }> = Omit<Row, 'address'> & { url: string };
const withAddress = <Row extends { url: string }>({ url, ...row }: Row) => ({
  ...row,
  address: addressOf(url),
});
const addressOf = (url: string): string => {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
};

/**
 * The state and backlog of each subscription. The index `webhook_deliveries_due` finds the pending
 * deliveries, and the primary key finds the latest ones.
 */
export async function subscriptionStats(db: Db): Promise<SubscriptionStats[]> {
  const rows = await rowsOf<WithUrl<SubscriptionStats>>(
    db.raw(
      `select s.id, s.url, s.events, s.state, s.disabled_reason as "disabledReason",
              b.pending, b.oldest as "oldestSeconds", f.failure as "lastFailure"
         from (select * from webhook_subscriptions where state <> 'deleted'
                order by id limit :subscriptions) s
        cross join lateral (
          select count(*)::int as pending,
                 extract(epoch from now() - min(created_at))::float8 as oldest
            from (select d.created_at from webhook_deliveries d
                   where d.subscription_id = s.id and d.state = 'pending'
                   order by d.next_attempt_at limit :counted) as counted) b
         left join lateral (
          select json_build_object('error', d.last_error, 'ageSeconds',
                                   extract(epoch from now() - d.created_at)) as failure
            from (select * from webhook_deliveries l where l.subscription_id = s.id
                   order by l.event_seq desc limit ${SEARCHED}) d
           where d.last_error is not null
           order by d.event_seq desc limit 1) f on true
        order by s.id`,
      { subscriptions: bounds.webhookSubscriptions, counted: LARGE_BACKLOG + 1 },
    ),
  );
  return rows.map(withAddress);
}

async function latestDeliveries(db: Db): Promise<DeliveryStats[]> {
  const rows = await rowsOf<WithUrl<DeliveryStats>>(
    db.raw(
      `select d.id, s.url, d.type, d.state, d.attempts, d.last_status as "lastStatus",
              d.last_error as "lastError",
              extract(epoch from now() - d.created_at)::float8 as "ageSeconds"
         from webhook_subscriptions s
        cross join lateral (
          select * from webhook_deliveries l where l.subscription_id = s.id
           order by l.event_seq desc limit ${LATEST}) d
        where s.state <> 'deleted'
        order by d.event_seq desc, d.subscription_id limit ${LATEST}`,
    ),
  );
  return rows.map(withAddress);
}

/** The events that wait for their fan-out, read by a partial index. */
export async function eventsWaiting(db: Db): Promise<EventsWaiting> {
  const [row] = await rowsOf<EventsWaiting>(
    db.raw(
      `select count(*)::int as events,
              extract(epoch from now() - min(created_at))::float8 as "oldestSeconds"
         from (select created_at from webhook_events where fanned_out_at is null
                order by seq limit ?) as waiting`,
      [LARGE_BACKLOG + 1],
    ),
  );
  return row ?? { events: 0, oldestSeconds: null };
}
