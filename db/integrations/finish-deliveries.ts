import { type Db, rowsOf } from '../knex.ts';
import type { ClaimedDelivery } from './claim-deliveries.ts';
import { retryAfter } from './retry-plan.ts';

export type AttemptOutcome =
  | { kind: 'delivered'; status: number }
  /** `status` is null without an answer. `error` is one line without the body of the answer. */
  | { kind: 'failed'; status: number | null; error: string };

/** A retry comes up to this share later, so that those of one outage do not come together. */
const JITTER = 0.1;

const KEY = `
  d.subscription_id = :subscription and d.event_seq = :seq
  and d.created_at = timestamptz 'epoch' + :us::bigint * interval '1 microsecond'
  and d.lease = :lease and d.state = 'pending'`;

/**
 * Write the outcome of an attempt, unless another process took over after the lease ran out. Returns
 * whether it was written.
 */
export async function finishDelivery(
  db: Db,
  delivery: ClaimedDelivery,
  outcome: AttemptOutcome,
): Promise<boolean> {
  const key = {
    subscription: delivery.subscription_id,
    seq: delivery.event_seq,
    us: delivery.created_us,
    lease: delivery.lease,
  };
  const rows =
    outcome.kind === 'delivered'
      ? await markDelivered(db, key, outcome.status)
      : await markFailed(db, key, delivery.attempts + 1, outcome);
  const since = outcome.kind === 'delivered' ? 'null' : 'now()';
  const changes = outcome.kind === 'delivered' ? 'is not null' : 'is null';
  await db.raw(
    `update webhook_subscriptions set failing_since = ${since}
      where id = ? and failing_since ${changes}`,
    [delivery.subscription_id],
  );
  return rows.length > 0;
}

type Key = Record<'subscription' | 'seq' | 'us' | 'lease', string>;

const markDelivered = (db: Db, key: Key, status: number) =>
  rowsOf(
    db.raw(
      `update webhook_deliveries d
          set state = 'delivered', attempts = d.attempts + 1, next_attempt_at = null, lease = null,
              lease_until = null, resent_from = null, last_status = :status, last_error = null,
              delivered_at = now()
        where ${KEY} returning 1`,
      { ...key, status },
    ),
  );

/** A delivery that staff sent again is tried once and is then what it was. */
const markFailed = (
  db: Db,
  key: Key,
  failures: number,
  { status, error }: Extract<AttemptOutcome, { kind: 'failed' }>,
) => {
  const seconds = retryAfter(failures);
  return rowsOf(
    db.raw(
      `update webhook_deliveries d
          set state = case when d.resent_from is not null then d.resent_from
                           when :seconds::float is null then 'dead' else 'pending' end,
              next_attempt_at = case when d.resent_from is not null then null
                                     else now() + make_interval(secs => :seconds::float) end,
              attempts = d.attempts + 1, lease = null, lease_until = null, resent_from = null,
              last_status = :status, last_error = :error
        where ${KEY} returning 1`,
      {
        ...{ ...key, status, error },
        seconds: seconds === null ? null : seconds * (1 + Math.random() * JITTER),
      },
    ),
  );
};
