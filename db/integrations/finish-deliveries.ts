import { bounds } from '../../config.ts';
import { type Db, rowsOf } from '../knex.ts';
import type { LeasedDelivery } from './lease-deliveries.ts';
import { retryAfter } from './retry-plan.ts';

export type AttemptOutcome =
  | { kind: 'delivered'; status: number }
  /** `status` is null without an answer. `error` is one line without the body of the answer. */
  | { kind: 'failed'; status: number | null; error: string };

export interface Finished {
  delivery: LeasedDelivery;
  outcome: AttemptOutcome;
}

/** A retry is delayed by up to this share, so that the retries of one outage spread out. */
const JITTER = 0.1;

/** Staff sent the delivery again after it was claimed: a claim takes only what is due. */
const AGAIN = `(d.next_attempt_at > d.lease_until - interval '${bounds.webhookLeaseSeconds} seconds')`;
/** What the delivery is after this attempt; null while retries are left. */
const ENDED = `(case when x.delivered then 'delivered'
                     when d.resent_from is not null then d.resent_from
                     when x.retry_seconds is null then 'dead' end)`;

/**
 * Write the outcomes of attempts. An outcome is ignored when another sender has taken over its expired
 * lease. A delivery that staff sent again is tried once and then returns to its previous state. One that
 * staff sent again during this attempt gets another attempt.
 * @returns the ids of the deliveries whose outcome was written
 */
export async function finishDeliveries(db: Db, finished: readonly Finished[]): Promise<string[]> {
  if (finished.length === 0) return [];
  const times = finished.map(({ delivery }) => delivery.created_at.getTime());
  const rows = await rowsOf<{ id: string }>(
    db.raw(
      `update webhook_deliveries d
          set state = case when ${AGAIN} then 'pending' else coalesce(${ENDED}, 'pending') end,
              next_attempt_at = case when ${AGAIN} then d.next_attempt_at
                                     when ${ENDED} is null
                                     then now() + make_interval(secs => x.retry_seconds) end,
              resent_from = case when ${AGAIN} then ${ENDED} end,
              delivered_at = case when x.delivered then now() else d.delivered_at end,
              attempts = d.attempts + 1, lease = null, lease_until = null,
              last_status = x.status, last_error = x.error
         from jsonb_to_recordset(?::jsonb) as x
              (subscription_id uuid, event_seq bigint, us bigint, lease uuid, delivered boolean,
               status integer, error text, retry_seconds float),
              -- an outcome that a crash of PostgreSQL loses means that the delivery is sent again
              (select set_config('synchronous_commit', 'off', true)) as commit_mode
        where d.subscription_id = x.subscription_id and d.event_seq = x.event_seq
          and d.created_at = timestamptz 'epoch' + x.us * interval '1 microsecond'
          and d.created_at >= ? and d.created_at < ?
          and d.lease = x.lease and d.state = 'pending'
       returning d.id`,
      // The span of their events, so that other days are not searched.
      [
        JSON.stringify(finished.map(rowOf)),
        new Date(Math.min(...times)),
        new Date(Math.max(...times) + 1),
      ],
    ),
  );
  const written = new Set(rows.map(({ id }) => id));
  await noteFailing(
    db,
    finished.filter(({ delivery }) => written.has(delivery.id)),
  );
  return [...written];
}

function rowOf({ delivery, outcome }: Finished) {
  const isDelivered = outcome.kind === 'delivered';
  const seconds = isDelivered ? null : retryAfter(delivery.attempts + 1);
  return {
    subscription_id: delivery.subscription_id,
    event_seq: delivery.event_seq,
    us: delivery.created_us,
    lease: delivery.lease,
    delivered: isDelivered,
    status: outcome.status,
    error: isDelivered ? null : outcome.error,
    retry_seconds: seconds === null ? null : seconds * (1 + Math.random() * JITTER),
  };
}

/** Updates `failing_since` of the subscriptions that begin or stop to fail. A success beside a failure ends it. */
async function noteFailing(db: Db, finished: readonly Finished[]): Promise<void> {
  const idsOf = (kind: AttemptOutcome['kind']) =>
    finished
      .filter(({ outcome }) => outcome.kind === kind)
      .map(({ delivery }) => delivery.subscription_id);
  const ends = new Set(idsOf('delivered'));
  const begins = idsOf('failed').filter((id) => !ends.has(id));
  if (begins.length > 0)
    await db.raw(
      `update webhook_subscriptions set failing_since = now()
        where id = any(?::uuid[]) and failing_since is null`,
      [begins],
    );
  if (ends.size > 0)
    await db.raw(
      `update webhook_subscriptions set failing_since = null
        where id = any(?::uuid[]) and failing_since is not null`,
      [[...ends]],
    );
}
