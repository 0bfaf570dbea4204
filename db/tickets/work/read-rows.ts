import type { Locking, SharedRows } from '../../write/command.ts';
import type { HotTrx } from '../../write/hot-transaction.ts';
import { defineLockStatement, defineStatement } from '../../write/statement.ts';
import { COUNTER_COLUMNS, type CounterRow } from '../counters/counter-row.ts';
import { QUEUE_COLUMNS, type QueueRow } from '../queues/queue-row.ts';
import type { ArchivedRow } from '../tickets/archived-ticket.ts';
import { MICROS, TICKET_COLUMNS, type TicketRow } from '../tickets/ticket-row.ts';
import { emptyWork, type Work } from './work.ts';

/*
 * The locks, in the common order: tickets, counters, queues, each by id. Each statement names its rows
 * through an array of ids that it makes itself, so that the plan is one by key.
 */

const lockTickets = defineLockStatement<TicketRow>(
  `select ${TICKET_COLUMNS} from tickets t
    where t.id = any($1::bigint[]) order by t.id for no key update of t`,
);
type Present = { id: string } & (
  | { kind: 'ticket' | 'counter' }
  | (ArchivedRow & { kind: 'archived' })
);
const readPresent = defineStatement<Present>(
  `select t.id::text as id, 'ticket' as kind, null::jsonb as ticket, null::uuid as "userId",
          null as "customerName"
     from tickets t where t.id = any($1::bigint[])
    union all
   select h.id::text, 'archived', h.ticket, h.user_id, h.customer_name
     from ticket_history h where h.id = any($1::bigint[])
    union all
   select c.id::text, 'counter', null, null, null from counters c where c.id = any($2::bigint[])`,
);
/** The named ones, and those of the tickets. */
const lockCounters = defineLockStatement<CounterRow>(
  `select ${COUNTER_COLUMNS} from counters c
    where c.id = any(array(
      select x from unnest($2::bigint[]) as x
       union select t.counter_id from tickets t
              where t.id = any($1::bigint[]) and t.counter_id is not null))
    order by c.id for no key update of c`,
);
/** What these counters, and those of the tickets, serve now. */
const readAtCounters = defineStatement<{ counterId: string; ticketId: string }>(
  `select s.counter_id::text as "counterId", s.id::text as "ticketId" from tickets s
    where s.state in ('called', 'processing') and s.counter_id = any(array(
      select x from unnest($2::bigint[]) as x
       union select t.counter_id from tickets t
              where t.id = any($1::bigint[]) and t.counter_id is not null))`,
);
/** The named ones, those of the tickets, and those that the calling counters serve. */
const lockQueues = defineLockStatement<QueueRow>(
  `select ${QUEUE_COLUMNS} from queues q
    where q.id = any(array(
      select x from unnest($2::bigint[]) as x
       union select t.queue_id from tickets t where t.id = any($1::bigint[])
       union select cq.queue_id from counter_queues cq where cq.counter_id = any($3::bigint[])))
    order by q.id for no key update of q`,
);
const readQueueIds = defineStatement<{ id: string }>(
  `select q.id::text as id from queues q
    where q.id = any(array(
      select x from unnest($2::bigint[]) as x
       union select t.queue_id from tickets t where t.id = any($1::bigint[])
       union select cq.queue_id from counter_queues cq where cq.counter_id = any($3::bigint[])))`,
);
/** After the locks: `now()` would be the time before a wait for them. */
const readClock = defineStatement<{ now: Date; micros: number }>(
  `select c.at as now, ${MICROS('c.at')} as micros from (select clock_timestamp() as at) as c`,
);

/** What to lock. */
export interface Named {
  ticketIds: readonly string[];
  /** Beside those of the tickets. */
  counterIds: readonly string[];
  /** Beside those of the tickets and of the calling counters. */
  queueIds: readonly string[];
  /** Counters that call: their queues are locked. */
  callingIds: readonly string[];
}

export interface LockedRows {
  work: Work;
  present: ReadonlySet<string>;
  archived: ReadonlyMap<string, ArchivedRow>;
  counterPresent: ReadonlySet<string>;
  /** Queues that a transaction elsewhere has locked. Only when shared rows are skipped. */
  queuesElsewhere: ReadonlySet<string>;
}

/** Lock everything that a batch needs; sent at once, before anything else is read. */
export async function lockRows(
  trx: HotTrx,
  { ticketIds, counterIds, queueIds, callingIds }: Named,
  locking: Locking,
  shared: SharedRows,
): Promise<LockedRows> {
  const named = [...new Set([...counterIds, ...callingIds])];
  const hasCounters = named.length > 0 || ticketIds.length > 0;
  const queueNames = [ticketIds, queueIds, callingIds];
  const [tickets, counters, queues, [clock], present, served, queueNamesNow] = await Promise.all([
    ticketIds.length > 0 ? trx.read(lockTickets[locking], [ticketIds]) : [],
    hasCounters ? trx.read(lockCounters[locking], [ticketIds, named]) : [],
    trx.read(lockQueues[shared], queueNames),
    trx.read(readClock, []),
    hasCounters ? trx.read(readPresent, [ticketIds, named]) : [],
    hasCounters ? trx.read(readAtCounters, [ticketIds, named]) : [],
    shared === 'skip' ? trx.read(readQueueIds, queueNames) : [],
  ]);
  if (!clock) throw new Error('the clock has no row');
  const ticketOf = new Map(served.map(({ counterId, ticketId }) => [counterId, ticketId]));
  const idsOf = (kind: string) =>
    new Set(present.filter((row) => row.kind === kind).map(({ id }) => id));
  const locked = new Set(queues.map(({ id }) => id));
  return {
    work: {
      ...emptyWork(),
      now: clock.now,
      nowMicros: clock.micros,
      tickets: new Map(tickets.map((row) => [row.id, row])),
      counters: new Map(
        counters.map((row) => [row.id, { ...row, ticketId: ticketOf.get(row.id) ?? null }]),
      ),
      queues: new Map(queues.map((row) => [row.id, row])),
    },
    present: idsOf('ticket'),
    archived: new Map(present.flatMap((row) => (row.kind === 'archived' ? [[row.id, row]] : []))),
    counterPresent: idsOf('counter'),
    queuesElsewhere: new Set(queueNamesNow.map(({ id }) => id).filter((id) => !locked.has(id))),
  };
}
