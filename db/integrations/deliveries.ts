import type { WebhookDelivery } from '../../contract/integrations.ts';
import { type Db, rowsOf } from '../knex.ts';

export interface DeliveryRow {
  id: string;
  event_seq: string;
  event_id: string;
  type: string;
  state: WebhookDelivery['state'];
  attempts: number;
  next_attempt_at: Date | null;
  last_status: number | null;
  last_error: string | null;
  created_at: Date;
  delivered_at: Date | null;
}

/** Every column of a DeliveryRow. Order by `d.event_seq`: the name alone is the text. */
export const DELIVERY_COLUMNS = `id, event_seq::text, event_id, type, state, attempts, next_attempt_at, last_status,
  last_error, created_at, delivered_at`;

/** A delivery as the contract describes it. */
export const renderDelivery = (row: DeliveryRow): WebhookDelivery => ({
  id: row.id,
  eventId: row.event_id,
  type: row.type,
  state: row.state,
  attempts: row.attempts,
  nextAttemptAt: row.next_attempt_at?.toISOString() ?? null,
  lastStatus: row.last_status,
  lastError: row.last_error,
  createdAt: row.created_at.toISOString(),
  deliveredAt: row.delivered_at?.toISOString() ?? null,
});

interface Page {
  state?: WebhookDelivery['state'] | undefined;
  /** `event_seq` of the last one of the previous page. */
  before?: string | undefined;
  limit: number;
}

/** The deliveries of one subscription, newest event first. */
export const listDeliveries = (
  db: Db,
  subscriptionId: string,
  { state, before, limit }: Page,
): Promise<DeliveryRow[]> =>
  rowsOf<DeliveryRow>(
    db.raw(
      `select ${DELIVERY_COLUMNS} from webhook_deliveries d
        where d.subscription_id = :subscriptionId
          and d.event_seq < coalesce(:before::bigint, 9223372036854775807)
          and (:state::text is null or d.state = :state)
        order by d.event_seq desc limit :limit`,
      { subscriptionId, before: before ?? null, state: state ?? null, limit },
    ),
  );
