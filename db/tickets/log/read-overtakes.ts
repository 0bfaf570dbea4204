import type { EventType, Overtake } from '../../../contract/tickets.ts';
import { type Db, prepared, rowsOf } from '../../knex.ts';
import type { LogEntry } from './log-entry.ts';
import { overtakesOf } from './overtakes.ts';

/** Entries of one queue that are read for one answer. Of a longer wait, the calls at its beginning are left out. */
const MAX_ENTRIES = 20_000;

/** A time in one queue: from the entry with which the ticket came to the one after which it waited no more. */
interface Stay {
  queueId: string;
  from: number;
  to: number;
}

/**
 * Who was called before this ticket although it came first, and why, in the order of the calls: over all
 * queues in which it waited.
 */
export async function readOvertakes(
  db: Db,
  ticketId: string,
  { maxEntries = MAX_ENTRIES } = {},
): Promise<Overtake[]> {
  const stays = await staysOf(db, ticketId);
  const found: Overtake[] = [];
  for (const stay of stays)
    found.push(...overtakesOf(await entriesOf(db, { ...stay, ticketId, maxEntries }), ticketId));
  return found;
}

/** The last entry of a ticket that waits is open: everything after it counts. */
const readStays = `
  select e.queue_id::text as "queueId", min(e.seq)::float8 as "from",
         case when bool_or(t.state = 'waiting' and t.queue_id = e.queue_id)
              then max(q.event_seq) else max(e.seq) end::float8 as "to"
    from ticket_events e
    join queues q on q.id = e.queue_id
    left join tickets t on t.id = e.ticket_id
   where e.ticket_id = ?::bigint
   group by e.queue_id
   order by min(e.version)`;

const staysOf = (db: Db, ticketId: string): Promise<Stay[]> =>
  rowsOf<Stay>(prepared(db, readStays, [ticketId]));

/** Whether an entry of a type may change who waits, where, or whether they can be called. */
const MOVES: Readonly<Record<EventType, boolean>> = {
  created: true,
  called: true,
  recalled: false,
  started: false,
  progressed: false,
  completed: true,
  no_show: true,
  returned: true,
  transferred: true,
  held: false,
  resumed: false,
  cancelled: true,
  postponed: true,
  reopened: true,
  arrived: true,
  away: true,
  back: true,
  reserved: true,
  counter_lost: false,
  near: false,
  overdue: false,
};
const MOVING = `(${Object.entries(MOVES)
  .flatMap(([type, moves]) => (moves ? [`'${type}'`] : []))
  .join(', ')})`;
const ENTRY = `e.seq, e.type, e.at, e.ticket_id, e.counter_id, e.ticket::json ->> 'code' as code, e.facts`;

/**
 * The log while the ticket was there, newest first up to the bound, and what is missing in front of it: the earlier
 * entries of the ticket itself and of those called meanwhile, if they came after it or for an appointment.
 * Everybody else came before it, and is in nobody's way.
 */
const readEntries = `
  with meanwhile as materialized (
    select ${ENTRY} from ticket_events e
     where e.queue_id = :queueId::bigint and e.seq between :from::bigint and :to::bigint
       and e.type in ${MOVING}
     order by e.seq desc limit :maxEntries::int),
  low as (select min(m.seq) as seq from meanwhile m),
  earlier as (
    select distinct c.ticket_id
      from (select m.ticket_id from meanwhile m where m.type in ('called', 'reserved')
             union select :ticketId::bigint) as c
      join ticket_events e on e.ticket_id = c.ticket_id
       and e.queue_id = :queueId::bigint and e.seq < (select l.seq from low l)
     where e.type in ('created', 'transferred')
       and (e.seq >= :from::bigint or e.facts::json ->> 'scheduledAt' is not null))
  select x.seq::float8 as seq, x.type, x.at, x.ticket_id::text as "ticketId",
         x.counter_id::text as "counterId", x.code, x.facts::json as facts
    from (select * from meanwhile
           union all
          select ${ENTRY} from earlier k join ticket_events e on e.ticket_id = k.ticket_id
           where e.queue_id = :queueId::bigint and e.seq < (select l.seq from low l)
             and e.type in ${MOVING}) as x
   order by x.seq`;

const entriesOf = (
  db: Db,
  bindings: Stay & { ticketId: string; maxEntries: number },
): Promise<LogEntry[]> =>
  rowsOf<LogEntry>(prepared(db, readEntries, bindings as unknown as Record<string, unknown>));
