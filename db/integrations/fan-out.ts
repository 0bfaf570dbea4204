import { newId } from '../../ids.ts';
import { type Db, rowsOf, type Trx } from '../knex.ts';

interface WaitingEvent {
  seq: string;
  id: string;
  type: string;
  subject: string;
  created_at: Date;
  created_us: string;
}
interface Subscriber {
  id: string;
  events: string[];
  since_us: string;
}

/** Events of one transaction. */
const PAGE = 200;
/** Deliveries of one insert. */
const CHUNK = 5_000;

/**
 * Create the deliveries of one page of recorded events. An event gets a delivery for each active
 * subscription that wants its type and was active when its transaction began. Only one fan-out runs at a
 * time, in the order of `seq`. Earlier events of a subject committed before a later one drew its `seq`, so a
 * page that has the later one also has them.
 * @returns the number of events; 0 when none waits; null while another process fans out
 */
export async function fanOutEvents(db: Db): Promise<number | null> {
  return db.transaction(async (trx) => {
    const [lock] = await rowsOf<{ held: boolean }>(
      trx.raw("select pg_try_advisory_xact_lock(hashtextextended('webhook fan-out', 0)) as held"),
    );
    if (!lock?.held) return null;
    const events = await rowsOf<WaitingEvent>(
      trx.raw(
        `select e.seq::text, e.id, e.type, e.subject, e.created_at,
                (extract(epoch from e.created_at) * 1000000)::bigint::text as created_us
           from webhook_events e where e.fanned_out_at is null order by e.seq limit ${PAGE}`,
      ),
    );
    if (events.length === 0) return 0;
    const subscribers = await rowsOf<Subscriber>(
      trx.raw(
        `select id, events,
                (extract(epoch from active_since) * 1000000)::bigint::text as since_us
           from webhook_subscriptions where state = 'active'`,
      ),
    );
    const pairs = events.flatMap((event) =>
      subscribers
        .filter(({ events: types, since_us }) => {
          return types.includes(event.type) && BigInt(since_us) <= BigInt(event.created_us);
        })
        .map(({ id }) => ({ event, subscriptionId: id })),
    );
    for (let at = 0; at < pairs.length; at += CHUNK)
      await insertDeliveries(trx, pairs.slice(at, at + CHUNK));
    await trx.raw(
      `update webhook_events e set fanned_out_at = now()
         from unnest(?::bigint[], ?::bigint[]) as x (seq, us)
        where e.seq = x.seq
          and e.created_at = timestamptz 'epoch' + x.us * interval '1 microsecond'`,
      [events.map(({ seq }) => seq), events.map(({ created_us }) => created_us)],
    );
    return events.length;
  });
}

/** A delivery has the `created_at` of its event, so that both are in the partition of the same day. */
const insertDeliveries = (
  trx: Trx,
  pairs: readonly { event: WaitingEvent; subscriptionId: string }[],
) =>
  trx.raw(
    `insert into webhook_deliveries
       (id, subscription_id, event_seq, event_id, type, subject, state, next_attempt_at, created_at)
     select x.id, x.subscription_id, x.event_seq, x.event_id, x.type, x.subject, 'pending', now(),
            timestamptz 'epoch' + x.us * interval '1 microsecond'
       from unnest(?::uuid[], ?::uuid[], ?::bigint[], ?::uuid[], ?::text[], ?::text[], ?::bigint[])
            as x (id, subscription_id, event_seq, event_id, type, subject, us)
     on conflict do nothing`,
    [
      pairs.map(newId),
      pairs.map(({ subscriptionId }) => subscriptionId),
      pairs.map(({ event }) => event.seq),
      pairs.map(({ event }) => event.id),
      pairs.map(({ event }) => event.type),
      pairs.map(({ event }) => event.subject),
      pairs.map(({ event }) => event.created_us),
    ],
  );
