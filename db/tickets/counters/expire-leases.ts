import { type Db, rowsOf } from '../../knex.ts';

/** What staff read on a counter that lost its lease. */
const LEASE_LOST = 'connection lost';
/** If the last check is older than this, an expired lease proves nothing: its holder could not renew it either. */
const GAP_SECONDS = 15;
const NAME = 'counters';

/** A counter that was paused, with the queues that it serves. */
interface PausedCounter {
  id: string;
  queueIds: string[];
}

export interface ExpiredLeases {
  /** When the leases were checked before; null after a gap. */
  previous: Date | null;
  paused: PausedCounter[];
}

/**
 * Pause counters whose lease had run out at the previous check already: a short outage ends leases, too, and
 * their holders renew them before the next check. After a gap between two looks (an outage of the database or of all
 * workers) every lease begins again instead: nobody is taken for gone without having been watched.
 */
export const expireLeases = (db: Db): Promise<ExpiredLeases> =>
  db.transaction(async (trx) => {
    const [look] = await rowsOf<{ gap: boolean; previous: Date | null }>(
      trx.raw(
        `insert into lease_checks as l (name, checked_at) values (:name, clock_timestamp())
         on conflict (name) do update set checked_at = excluded.checked_at
         returning coalesce((select clock_timestamp() - o.checked_at > make_interval(secs => :gap)
                               from lease_checks o where o.name = :name), true) as gap,
                   (select o.checked_at from lease_checks o where o.name = :name) as previous`,
        { name: NAME, gap: GAP_SECONDS },
      ),
    );
    if (!look?.previous || look.gap) {
      // Tickets come before counters in the order of locks, and each of them by id.
      await trx.raw(
        `with locked as (
           select t.id from tickets t
            where t.state in ('called', 'processing', 'held')
              and t.state = 'processing' and t.lease_until is not null
            order by t.id for no key update)
         update tickets t set lease_until = clock_timestamp() + make_interval(secs => q.lease_seconds)
           from locked l, queues q where t.id = l.id and q.id = t.queue_id`,
      );
      await trx.raw(
        `with locked as (
           select c.id from counters c where c.state = 'open' order by c.id for no key update)
         update counters c set lease_until = clock_timestamp() + make_interval(secs => c.lease_seconds)
           from locked l where c.id = l.id`,
      );
      return { previous: null, paused: [] };
    }
    const paused = await rowsOf<PausedCounter>(
      trx.raw(
        `with lost as (
           select c.id from counters c
            where c.state = 'open' and c.lease_until < :previous
            order by c.id limit 500 for no key update skip locked),
         paused as (
           update counters c
              set state = 'paused', pause_reason = :lost, is_lost = true, lease_until = null,
                  state_since = clock_timestamp()
             from lost l where c.id = l.id returning c.id, c.state_since, c.queue_ids),
         noted as (
           insert into counter_states (counter_id, at, state, pause_reason)
           select p.id, p.state_since, 'paused', :lost from paused p
           on conflict do nothing)
         select id::text as id, queue_ids::text[] as "queueIds" from paused`,
        { lost: LEASE_LOST, previous: look.previous },
      ),
    );
    return { previous: look.previous, paused };
  });
