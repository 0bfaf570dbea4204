import { rowsOf, type Trx } from '../knex.ts';
import { ATTEMPTS_IN_ORDER } from './retry-plan.ts';

/**
 * Deliveries that wait for the retry of an earlier one of their subject become due with it, so that they
 * do not keep those of other subjects out of the window that a sender searches. Only full windows are
 * changed: in a shorter one nothing is hidden.
 * @returns the number of deliveries
 */
export async function postponeWaiting(trx: Trx, host: string, window: number): Promise<number> {
  const rows = await rowsOf(
    trx.raw(
      `with due as materialized (
         select w.subscription_id, w.event_seq, w.created_at, w.subject, w.resent_from,
                count(*) over (partition by w.subscription_id) as among
           from webhook_subscriptions s
          cross join lateral (
            select * from webhook_deliveries p
             where p.subscription_id = s.id and p.state = 'pending' and p.next_attempt_at <= now()
               and (p.lease is null or p.lease_until <= now())
             order by p.next_attempt_at, p.event_seq limit :window) w
          where s.host = :host and s.state = 'active'
       )
       update webhook_deliveries d set next_attempt_at = x.until
         from (select due.*, e.next_attempt_at as until
                 from due
                cross join lateral (
                  select b.next_attempt_at from webhook_deliveries b
                   where b.subscription_id = due.subscription_id and b.subject = due.subject
                     and b.state = 'pending' and b.event_seq < due.event_seq
                     and b.attempts < ${ATTEMPTS_IN_ORDER} and b.resent_from is null
                   order by b.event_seq limit 1) e
                where due.among = :window and due.resent_from is null
                  and e.next_attempt_at > now()) x
        where d.subscription_id = x.subscription_id and d.event_seq = x.event_seq
          and d.created_at = x.created_at
       returning 1`,
      { host, window },
    ),
  );
  return rows.length;
}
