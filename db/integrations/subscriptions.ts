import { bounds } from '../../config.ts';
import { FoyerError } from '../../contract/errors.ts';
import * as audit from '../accounts/audit.ts';
import { type Db, rowsOf } from '../knex.ts';
import { hostOf, type SubscriptionRow } from './subscription-row.ts';
import { changeSubscriptions } from './wanted.ts';

/** A subscription that is not deleted. @throws {FoyerError} webhook_subscription.not_found */
export async function findSubscription(db: Db, id: string): Promise<SubscriptionRow> {
  const row: SubscriptionRow | undefined = await db('webhook_subscriptions')
    .where({ id })
    .whereNot('state', 'deleted')
    .first();
  if (!row) throw new FoyerError('webhook_subscription.not_found');
  return row;
}

/** Subscriptions that are not deleted, oldest first: ids are UUIDv7, so they sort by time of creation. */
export async function listSubscriptions(
  db: Db,
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<SubscriptionRow[]> {
  const query = db('webhook_subscriptions').whereNot('state', 'deleted').orderBy('id').limit(limit);
  if (after) query.where('id', '>', after);
  return query;
}

export interface SubscriptionChange {
  url?: string | undefined;
  events?: readonly string[] | undefined;
  /** Sealed. The previous secret also signs for a day. */
  secret?: string | undefined;
  state?: 'active' | 'disabled' | undefined;
  /** The change is refused when the subscription has another version. */
  version?: number | undefined;
}

/**
 * Change a subscription. After it becomes active, it receives the events of transactions that begin afterwards.
 * @throws {FoyerError} webhook_subscription.not_found · webhook_subscription.stale_version
 */
export async function changeSubscription(
  db: Db,
  id: string,
  change: SubscriptionChange,
  actorId: string,
): Promise<SubscriptionRow> {
  return changeSubscriptions(db, async (trx) => {
    const before = await findSubscription(trx, id);
    if (change.version !== undefined && change.version !== before.version)
      throw new FoyerError('webhook_subscription.stale_version');
    const { url = before.url, events = before.events, secret, state = before.state } = change;
    const activates = state === 'active' && before.state !== 'active';
    const disables = state === 'disabled' && before.state === 'active';
    const [row] = await rowsOf<SubscriptionRow>(
      trx.raw(
        `update webhook_subscriptions
            set url = :url, host = :host, events = :events, state = :state,
                old_secret = case when :secret::text is null then old_secret else secret end,
                old_secret_until = case when :secret::text is null then old_secret_until
                                        else now() + make_interval(hours => :oldHours) end,
                secret = coalesce(:secret, secret),
                active_since = case when :activates then clock_timestamp() else active_since end,
                failing_since = case when :activates then null else failing_since end,
                disabled_reason = case when :activates then null when :disables then 'by_staff'
                                       else disabled_reason end,
                version = version + 1, updated_at = now()
          where id = :id returning *`,
        {
          ...{ id, url, host: hostOf(url), events: [...events], state, activates, disables },
          ...{ secret: secret ?? null, oldHours: bounds.webhookOldSecretHours },
        },
      ),
    );
    const data = { url, events: [...events], state, secret: secret ? 'changed' : 'kept' };
    await audit.record(trx, {
      ...{ actorId, action: 'webhook_subscription.change', target: id, data },
    });
    return row ?? before;
  });
}

/**
 * Mark a subscription as deleted. The retention sweep deletes the row after its deliveries. @throws
 * {FoyerError} webhook_subscription.not_found
 */
export async function deleteSubscription(db: Db, id: string, actorId: string): Promise<void> {
  await changeSubscriptions(db, async (trx) => {
    await findSubscription(trx, id);
    await trx.raw(
      `update webhook_subscriptions
          set state = 'deleted', secret = '', old_secret = null, old_secret_until = null,
              version = version + 1, updated_at = now()
        where id = ?`,
      [id],
    );
    const entry = { action: 'webhook_subscription.delete' as const, target: id, data: {} };
    await audit.record(trx, { actorId, ...entry });
  });
}

/** Why Foyer itself disables a subscription. */
export type DisabledReason = 'gone' | 'failing' | 'backlog_full';

/**
 * Disable an active subscription. With `url`, only while it has this URL: the reason is not about another one.
 * @returns whether it was disabled
 */
export async function disableSubscription(
  db: Db,
  { id, url }: { id: string; url?: string },
  reason: DisabledReason,
): Promise<boolean> {
  return changeSubscriptions(db, async (trx) => {
    const rows = await rowsOf(
      trx.raw(
        `update webhook_subscriptions
            set state = 'disabled', disabled_reason = ?, version = version + 1, updated_at = now()
          where id = ? and state = 'active' and url = coalesce(?, url) returning 1`,
        [reason, id, url ?? null],
      ),
    );
    return rows.length > 0;
  });
}
