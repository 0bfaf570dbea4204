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

const PAGE = 200;
/** Deliveries of one statement. */
const CHUNK = 5_000;

/**
 * Make the deliveries of events that wait: one for each active subscription that wants the type and was
 * active when the event's transaction began. One fan-out runs at a time, in the order of `seq`: a
 * reader of an event also sees the earlier ones of its subject, because they committed before it drew its seq.
 * @returns the number of events, or null while another process fans out
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

/** A delivery has the time of its event, so that both are dropped with the same day. */
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
