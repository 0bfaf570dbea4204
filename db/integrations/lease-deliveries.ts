import { bounds } from '../../config.ts';
import { type Db, rowsOf, type Trx } from '../knex.ts';
import { postponeWaiting } from './postpone-waiting.ts';
import { ATTEMPTS_IN_ORDER } from './retry-plan.ts';

/** A delivery that this sender has leased. */
export interface LeasedDelivery {
  id: string;
  subscription_id: string;
  event_seq: string;
  /** Microseconds since 1970. The key of the row is `subscription_id`, `event_seq` and this time. */
  created_us: string;
  lease: string;
  attempts: number;
  event_id: string;
  type: string;
  /** The field `data`, as JSON. */
  data: string;
  created_at: Date;
  url: string;
  secret: string;
  /** Null when there is none, or its day is over. */
  old_secret: string | null;
}

/** How many due deliveries of one subscription are searched for deliveries that may be sent. */
const WINDOW = 200;
/** How many windows of waiting deliveries one call may postpone. */
const WINDOWS = 100;

/**
 * Lease due deliveries of one host to one sender. Subscriptions take turns. Only one sender at a time has
 * leases of a host, so this sender alone limits the requests in flight. An earlier pending delivery of the
 * same subject blocks a delivery until its second failure. An expired lease belongs to a process that died,
 * and its delivery is leased again.
 * @param sender a UUID that identifies one run of the job
 */
export async function leaseDeliveries(
  db: Db,
  host: string,
  sender: string,
): Promise<LeasedDelivery[]> {
  for (let windows = 0; windows < WINDOWS; windows += 1) {
    const { leased, postponed } = await db.transaction(async (trx) => {
      // A lease that a crash of PostgreSQL loses costs nothing, so its commit does not wait for the disk.
      await trx.raw(
        `select set_config('synchronous_commit', 'off', true),
                pg_advisory_xact_lock(hashtextextended(?, 1))`,
        [host],
      );
      const rows = await lease(trx, host, sender);
      const isFull = rows.length === bounds.webhookLeases;
      return { leased: rows, postponed: isFull ? 0 : await postponeWaiting(trx, host, WINDOW) };
    });
    if (leased.length > 0 || postponed === 0) return leased;
  }
  return [];
}

const lease = (trx: Trx, host: string, sender: string): Promise<LeasedDelivery[]> =>
  rowsOf<LeasedDelivery>(
    trx.raw(
      `with subscriptions as materialized (
           select * from webhook_subscriptions where host = :host and state = 'active'
         ), in_flight as (
           select count(*)::int as count, count(*) filter (where d.lease <> :sender)::int as others
             from webhook_deliveries d
            where d.subscription_id = any(array(select id from webhook_subscriptions where host = :host))
              and d.lease is not null and d.lease_until > now()
         ), due as (
           select d.subscription_id, d.event_seq, d.created_at, d.next_attempt_at,
                  row_number() over (partition by d.subscription_id
                                     order by d.next_attempt_at, d.event_seq) as turn
             from subscriptions s
            cross join lateral (
              select w.* from (
                select * from webhook_deliveries p
                 where p.subscription_id = s.id and p.state = 'pending' and p.next_attempt_at <= now()
                   and (p.lease is null or p.lease_until <= now())
                 order by p.next_attempt_at, p.event_seq limit ${WINDOW}) w
               where w.resent_from is not null or (
                 select true from webhook_deliveries e
                  where e.subscription_id = w.subscription_id and e.subject = w.subject
                    and e.state = 'pending' and e.event_seq < w.event_seq
                    and e.attempts < ${ATTEMPTS_IN_ORDER} and e.resent_from is null
                  order by e.event_seq limit 1) is null
               order by w.next_attempt_at, w.event_seq limit :leases) d
         ), chosen as (
           select *, row_number() over (order by turn, next_attempt_at) as place from due
            order by turn, next_attempt_at
            limit (select case when others = 0 then greatest(0, :leases - count) else 0 end
                     from in_flight)
         ), leased as (
           update webhook_deliveries d
              set lease = :sender, lease_until = now() + make_interval(secs => :leaseSeconds)
             from chosen c
            where d.subscription_id = c.subscription_id and d.event_seq = c.event_seq
              and d.created_at = c.created_at
           returning d.*, c.place
         )
         select d.id, d.subscription_id, d.event_seq::text, d.lease, d.attempts, d.event_id, d.type,
                (extract(epoch from d.created_at) * 1000000)::bigint::text as created_us,
                d.created_at, e.data, s.url, s.secret,
                case when s.old_secret_until > now() then s.old_secret end as old_secret
           from leased d
           join webhook_events e on e.seq = d.event_seq and e.created_at = d.created_at
           join subscriptions s on s.id = d.subscription_id
          order by d.place`,
      {
        ...{ host, sender, leases: bounds.webhookLeases },
        leaseSeconds: bounds.webhookLeaseSeconds,
      },
    ),
  );

/** Hosts with a delivery that is due and not being sent. */
export async function dueHosts(db: Db): Promise<string[]> {
  const rows = await rowsOf<{ host: string }>(
    db.raw(
      `select distinct s.host from webhook_subscriptions s
        where s.state = 'active' and (
          select true from webhook_deliveries d
           where d.subscription_id = s.id and d.state = 'pending' and d.next_attempt_at <= now()
             and (d.lease is null or d.lease_until <= now())
           limit 1)`,
    ),
  );
  return rows.map(({ host }) => host);
}
