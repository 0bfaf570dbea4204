import { FoyerError } from '../../../contract/errors.ts';
import type { TicketState, WaitEstimate } from '../../../contract/tickets.ts';
import { type Db, prepared, rowsOf } from '../../knex.ts';
import type { Names } from '../log/logged-ticket.ts';
import { type EtaState, estimateWait } from '../queues/eta.ts';
import { QUEUE_COUNTERS, serversOf } from '../queues/open-counters.ts';
import { type ArchivedRow, fromArchive } from './archived-ticket.ts';
import { LIVE, LIVE_STATES, TICKET_COLUMNS, type TicketRow, timestampOf } from './ticket-row.ts';

/** A ticket as somebody reads it now. */
export interface SeenTicket {
  ticket: TicketRow;
  names: Names;
  position: number | null;
  eta: WaitEstimate | null;
  /** The head of its queue's log, at most as new as the ticket. */
  seq: number;
}

interface Joined extends TicketRow {
  queueName: string;
  counterName: string | null;
  position: number | null;
  queueEta: EtaState;
  mode: 'counter' | 'auto';
  autoCapacity: number;
  waiting: number;
  open: number;
  free: number;
  isServed: boolean;
  seq: number;
}

const JOINED = `${TICKET_COLUMNS}, q.name as "queueName", c.name as "counterName", q.eta as "queueEta",
  q.waiting, q.mode, q.auto_capacity as "autoCapacity", o.open, o.free, o."isServed", q.event_seq::float8 as seq`;
const FROM = `join queues q on q.id = t.queue_id
  left join counters c on c.id = t.counter_id
  cross join lateral (${QUEUE_COUNTERS}) as o`;
const POSITION = `case when t.state = 'waiting' then (
    select count(*)::int from tickets w
     where w.queue_id = t.queue_id and w.state = 'waiting'
       and (w.effective_at, w.id) < (t.effective_at, t.id)) end as position`;

const FEW = `select ${JOINED}, ${POSITION} from tickets t ${FROM} where t.id = any(:ids::bigint[]) order by t.id`;
/** One walk through each queue, in place of one to each ticket: half of a long queue may watch its place. */
const MANY = `
  with places as materialized (
    select w.id, (row_number() over (partition by w.queue_id order by w.effective_at, w.id) - 1)::int as position
      from tickets w
     where w.state = 'waiting' and w.queue_id in (
       select distinct m.queue_id from tickets m where m.id = any(:ids::bigint[]) and m.state = 'waiting'))
  select ${JOINED}, p.position from tickets t ${FROM} left join places p on p.id = t.id
   where t.id = any(:ids::bigint[]) order by t.id`;
const MANY_FROM = 50;

/** Read these tickets. Archived ones are left out. */
export const readTickets = async (db: Db, ids: readonly string[]): Promise<SeenTicket[]> =>
  (await rowsOf<Joined>(prepared(db, ids.length < MANY_FROM ? FEW : MANY, { ids }))).map(seen);

/** @throws {FoyerError} ticket.not_found */
export async function readTicket(db: Db, id: string): Promise<SeenTicket> {
  const [ticket] = await readTickets(db, [id]);
  if (ticket) return ticket;
  const [archived] = await rowsOf<ArchivedRow>(
    prepared(
      db,
      `select h.ticket, h.user_id as "userId", h.customer_name as "customerName"
         from ticket_history h where h.id = ?::bigint`,
      [id],
    ),
  );
  if (!archived) throw new FoyerError('ticket.not_found');
  return { ...fromArchive(archived), position: null, eta: null, seq: 0 };
}

function seen({
  queueName,
  counterName,
  queueEta,
  mode,
  autoCapacity,
  ...row
}: Joined): SeenTicket {
  const { waiting, open, free, isServed, seq, position, ...ticket } = row;
  const servers = serversOf({ mode, autoCapacity }, { open, free, isServed });
  const isWalkIn = ticket.scheduledAt === null;
  return {
    ticket,
    names: { queueName, counterName },
    position,
    eta: position === null || !isWalkIn ? null : estimateWait(queueEta, position, servers, waiting),
    seq,
  };
}

interface Page {
  states: readonly TicketState[];
  /** The key of the last ticket of the page before. */
  after: { effectiveAt: number; id: string } | undefined;
  limit: number;
}

/** The states in groups, each with an index of its own but for the last. */
const GROUPS: readonly (readonly TicketState[])[] = [
  ['waiting'],
  ['called', 'processing', 'held'],
  ['done', 'no_show', 'cancelled'],
];
const partOf = (group: readonly TicketState[]) => `(
  select t.* from tickets t
   where t.queue_id = :queueId::bigint and t.state in ('${group.join("', '")}')
     and t.state = any(:states::text[])
     and (t.effective_at, t.id) > (:effectiveAt::timestamptz, :id::bigint)
   order by t.effective_at, t.id limit :limit::int)`;

/** Tickets of a queue in these states, in call order. */
export async function listTickets(
  db: Db,
  queueId: string,
  { states, after, limit }: Page,
): Promise<SeenTicket[]> {
  const parts = GROUPS.filter((group) => group.some((state) => states.includes(state)));
  const rows = await rowsOf<Joined & { base: number }>(
    prepared(
      db,
      `with page as (
         select * from (${parts.map(partOf).join(' union all ')}) as t
          order by t.effective_at, t.id limit :limit::int)
       select ${JOINED}, null as position,
              (select count(*)::int from tickets w
                where w.queue_id = :queueId::bigint and w.state = 'waiting' and :id::bigint > 0
                  and (w.effective_at, w.id) <= (:effectiveAt::timestamptz, :id::bigint)) as base
         from page t ${FROM}
        order by t.effective_at, t.id`,
      {
        ...{ queueId, states: states as string[], limit },
        effectiveAt: after ? timestampOf(after.effectiveAt) : '-infinity',
        id: after?.id ?? '0',
      },
    ),
  );
  let position = rows[0]?.base ?? 0;
  return rows.map(({ base: _base, ...row }) => {
    if (row.state !== 'waiting') return seen(row);
    position += 1;
    return seen({ ...row, position: position - 1 });
  });
}

/** The live tickets of a queue in call order, at most `limit`. */
export const liveTickets = (db: Db, queueId: string, limit: number): Promise<SeenTicket[]> =>
  listTickets(db, queueId, { states: LIVE, after: undefined, limit });

/** The live tickets of a signed-in person, oldest first. */
export async function ticketsOfPerson(db: Db, userId: string): Promise<SeenTicket[]> {
  const rows = await rowsOf<{ id: string }>(
    prepared(
      db,
      `select t.id::text as id from tickets t
        where t.user_id = ?::uuid and t.state in ${LIVE_STATES}
        order by t.id limit 100`,
      [userId],
    ),
  );
  return rows.length === 0
    ? []
    : readTickets(
        db,
        rows.map(({ id }) => id),
      );
}
