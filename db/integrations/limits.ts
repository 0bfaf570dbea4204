import { bounds } from '../../config.ts';
import { type Db, rowsOf } from '../knex.ts';
import type { Sealer } from '../sealer.ts';
import { secretContext } from './subscription-row.ts';
import { type DisabledReason, disableSubscription } from './subscriptions.ts';

/**
 * Disable subscriptions that have too many pending deliveries, or that have failed for days without a success.
 * A subscription that failed long ago and has had nothing to send since then is not failing.
 * @returns how many were over a limit
 */
export async function disableOverLimit(
  db: Db,
  limits: { pending?: number; days?: number } = {},
): Promise<number> {
  const { pending = bounds.webhookPending, days = bounds.webhookFailingDays } = limits;
  const rows = await rowsOf<{ id: string; reason: DisabledReason }>(
    db.raw(
      `select s.id, case when f.failing then 'failing' else 'backlog_full' end as reason
         from webhook_subscriptions s
        cross join lateral (
          select s.failing_since < now() - make_interval(days => :days) and (
                   select true from webhook_deliveries d
                    where d.subscription_id = s.id and d.state = 'pending' and d.attempts > 0
                    limit 1) as failing) f
        where s.state = 'active' and (
          f.failing or
          (select count(*) from (
             select 1 from webhook_deliveries d
              where d.subscription_id = s.id and d.state = 'pending'
              limit :pending::int + 1) as waiting) > :pending)`,
      { days, pending },
    ),
  );
  for (const { id, reason } of rows) await disableSubscription(db, { id }, reason);
  return rows.length;
}

/** Deliveries of one statement. */
const PAGE = 2_000;

/**
 * End the pending deliveries of subscriptions that are not active. Staff can send them again.
 * @returns how many deliveries it ended
 */
export async function endOrphanedDeliveries(db: Db): Promise<number> {
  let ended = 0;
  for (let more = true; more; ) {
    const rows = await rowsOf(
      db.raw(
        `update webhook_deliveries d
            set state = 'dead', next_attempt_at = null, lease = null, lease_until = null,
                resent_from = null, last_error = 'the subscription is not active'
           from (select p.subscription_id, p.event_seq, p.created_at
                   from webhook_subscriptions s
                  cross join lateral (
                    select * from webhook_deliveries q
                     where q.subscription_id = s.id and q.state = 'pending'
                       and (q.lease is null or q.lease_until <= now())
                     limit ${PAGE}) as p
                  where s.state <> 'active' limit ${PAGE}) as x
          where d.subscription_id = x.subscription_id and d.event_seq = x.event_seq
            and d.created_at = x.created_at and d.state = 'pending'
         returning 1`,
      ),
    );
    ended += rows.length;
    more = rows.length === PAGE;
  }
  return ended;
}

/**
 * Seal secrets again that an older key sealed, and delete old secrets after their day. A secret that no key
 * opens stays unchanged, and its deliveries fail.
 * @returns how many subscriptions changed
 */
export async function resealSecrets(db: Db, sealer: Sealer): Promise<number> {
  await db.raw(
    `update webhook_subscriptions set old_secret = null, old_secret_until = null
      where old_secret_until <= now()`,
  );
  const rows: { id: string; secret: string; old_secret: string | null }[] = await db(
    'webhook_subscriptions',
  )
    .whereNot('state', 'deleted')
    .select('id', 'secret', 'old_secret');
  let sealed = 0;
  for (const { id, secret, old_secret } of rows) {
    const again = (text: string) => resealed(sealer, text, secretContext(id));
    const next = [again(secret), old_secret === null ? null : again(old_secret)] as const;
    if (next[0] === secret && next[1] === old_secret) continue;
    const changed = await rowsOf(
      db.raw(
        `update webhook_subscriptions set secret = ?, old_secret = ?
          where id = ? and secret = ? and old_secret is not distinct from ? returning 1`,
        [...next, id, secret, old_secret],
      ),
    );
    sealed += changed.length;
  }
  return sealed;
}

function resealed(sealer: Sealer, sealed: string, context: string): string {
  if (!sealer.isOld(sealed)) return sealed;
  try {
    return sealer.seal(sealer.open(sealed, context), context);
  } catch {
    return sealed;
  }
}
