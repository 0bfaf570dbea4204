import type { HotTrx } from '../../write/hot-transaction.ts';
import { defineStatement } from '../../write/statement.ts';
import { QUEUE_COUNTERS, type QueueCounters } from '../queues/open-counters.ts';
import type { Neighbour } from '../tickets/order.ts';
import { LIVE_STATES, MICROS, TICKET_COLUMNS, type TicketRow } from '../tickets/ticket-row.ts';
import { KNOWN_NUMBERS, type Numbering, type Surroundings } from './facts.ts';
import type { CallNextInput, CreateInput, VerbInput } from './inputs.ts';

/* What is read of the order of queues, under their locks. */

/**
 * The first tickets of each queue, as many as may be called, in the order of the index. Tickets that a verb
 * has locked elsewhere are skipped: it waits for the queue, and decides about them after this one.
 */
const readHeads = defineStatement<TicketRow>(
  `select h.* from (
     select cq.queue_id, count(*) + $3::int as n
       from unnest($1::bigint[], $2::bigint[]) as x (counter_id, queue_id)
       join counter_queues cq on cq.counter_id = x.counter_id
        and (x.queue_id is null or cq.queue_id = x.queue_id)
      group by cq.queue_id) as k
    cross join lateral (
      select ${TICKET_COLUMNS} from tickets t
       where t.queue_id = k.queue_id and t.state = 'waiting' and t.callable_at <= clock_timestamp()
       order by t.effective_at, t.id
       limit k.n for no key update of t skip locked) as h`,
);

/** @param spare how many of the heads may be taken by other inputs of the batch */
export async function headsOf(trx: HotTrx, calls: readonly CallNextInput[], spare: number) {
  const heads = new Map<string, TicketRow[]>();
  if (calls.length === 0) return heads;
  const rows = await trx.read(readHeads, [
    calls.map(({ counterId }) => counterId),
    calls.map(({ queueId }) => queueId ?? null),
    spare,
  ]);
  for (const row of rows) heads.set(row.queueId, [...(heads.get(row.queueId) ?? []), row]);
  return heads;
}

const drawIds = defineStatement<{ id: string }>(
  `select nextval(pg_get_serial_sequence('tickets', 'id'))::text as id
     from generate_series(1, $1::int)`,
);
export const freshIds = async (trx: HotTrx, count: number): Promise<string[]> =>
  count === 0 ? [] : (await trx.read(drawIds, [count])).map(({ id }) => id);

const readNumbers = defineStatement<{
  queueId: string;
  day: string;
  number: number | null;
  highest: number;
}>(
  `select q.id::text as "queueId", d.day, t.number, coalesce(h.number, 0) as highest
     from queues q
    cross join lateral (
      select to_char(clock_timestamp() at time zone q.timezone, 'YYYY-MM-DD') as day) as d
     left join lateral (
      select n.number from tickets n
       where n.queue_id = q.id and n.state in ${LIVE_STATES} and n.prefix = q.prefix
         and n.number > case when q.number_day::text = d.day then q.number_last else 0 end
       order by n.number limit ${KNOWN_NUMBERS}) as t on true
     left join lateral (
      select n.number from tickets n
       where n.queue_id = q.id and n.state in ${LIVE_STATES} order by n.number desc limit 1) as h
       on t.number is not null
    where q.id = any(array(
      select x from unnest($1::bigint[]) as x
       union select m.queue_id from tickets m where m.id = any($2::bigint[])))
    order by q.id, t.number`,
);

/** The day of each queue, named or of these tickets, and the numbers in the way. */
export async function numberingsOf(
  trx: HotTrx,
  queueIds: readonly string[],
  ticketIds: readonly string[],
) {
  const numberings = new Map<string, Numbering & { taken: number[] }>();
  if (queueIds.length === 0 && ticketIds.length === 0) return numberings;
  const rows = await trx.read(readNumbers, [queueIds, ticketIds]);
  for (const { queueId, day, number, highest } of rows) {
    const known = numberings.get(queueId) ?? { day, taken: [], highest };
    if (number !== null) known.taken.push(number);
    numberings.set(queueId, known);
  }
  return numberings;
}

const readCounters = defineStatement<QueueCounters & { queueId: string }>(
  `select q.id::text as "queueId", o.* from queues q
    cross join lateral (${QUEUE_COUNTERS}) as o
    where q.id = any($1::bigint[])`,
);
export const countersOf = async (trx: HotTrx, queueIds: readonly string[]) =>
  new Map(
    queueIds.length === 0
      ? []
      : (await trx.read(readCounters, [queueIds])).map(({ queueId, ...rest }) => [queueId, rest]),
  );

const readOwners = defineStatement<{ name: string }>(
  `select t.user_id || ' ' || t.queue_id as name
     from unnest($1::uuid[], $2::bigint[]) as x (user_id, queue_id)
     join tickets t on t.user_id = x.user_id and t.queue_id = x.queue_id
      and t.state in ${LIVE_STATES}`,
);
/** The live tickets of signed-in people who take one, as `<user> <queue>`. */
export async function ownersOf(trx: HotTrx, creates: readonly CreateInput[]) {
  const own = creates.filter(({ actor }) => actor.userId !== null && !actor.isStaff);
  if (own.length === 0) return new Set<string>();
  const rows = await trx.read(readOwners, [
    own.map(({ actor }) => actor.userId),
    own.map(({ queueId }) => queueId),
  ]);
  return new Set(rows.map(({ name }) => name));
}

/** Those who stand behind somebody who comes now: appointments of later. At most a thousand are counted. */
const readBehind = defineStatement<{ queueId: string; n: number }>(
  `select k.id::text as "queueId", b.n
     from (select x as id from unnest($1::bigint[]) as x
            union select m.queue_id from tickets m where m.id = any($2::bigint[])) as k
    cross join lateral (
      select count(*)::int as n from (
        select 1 from tickets t
         where t.queue_id = k.id and t.state = 'waiting' and t.effective_at > (select clock_timestamp())
         limit 1000) as later) as b`,
);
export const behindNow = async (
  trx: HotTrx,
  queueIds: readonly string[],
  ticketIds: readonly string[],
) =>
  new Map(
    queueIds.length === 0 && ticketIds.length === 0
      ? []
      : (await trx.read(readBehind, [queueIds, ticketIds])).map(({ queueId, n }) => [queueId, n]),
  );

const readInFront = defineStatement<{ at: number; n: number }>(
  `select x.at, f.n
     from unnest($1::int[], $2::bigint[], $3::timestamptz[], $4::int[]) as x (at, queue_id, scheduled_at, priority)
     join queues q on q.id = x.queue_id
    cross join (select clock_timestamp() as at) as c
    cross join lateral (
      select count(*)::int as n from tickets t
       where t.queue_id = q.id and t.state = 'waiting'
         and t.effective_at <= coalesce(x.scheduled_at, c.at)
               - make_interval(secs => x.priority * q.priority_boost_seconds)) as f`,
);
/** How many wait in front of new tickets that do not stand at the end. */
export async function inFrontOfNew(trx: HotTrx, creates: readonly CreateInput[]) {
  const inFront = new Map<CreateInput, number>();
  const special = creates.filter(
    ({ body }) => (body.priority ?? 0) > 0 || body.scheduledAt !== undefined,
  );
  if (special.length === 0) return inFront;
  const rows = await trx.read(readInFront, [
    special.map((_, at) => at),
    special.map(({ queueId }) => queueId),
    special.map(({ body }) => body.scheduledAt ?? null),
    special.map(({ body }) => body.priority ?? 0),
  ]);
  for (const { at, n } of rows) inFront.set(special[at] as CreateInput, n);
  return inFront;
}

const readPositions = defineStatement<{ id: string; n: number }>(
  `select t.id::text as id, f.n from tickets t
    cross join lateral (
      select count(*)::int as n from tickets w
       where w.queue_id = t.queue_id and w.state = 'waiting'
         and (w.effective_at, w.id) < (t.effective_at, t.id)) as f
    where t.id = any($1::bigint[]) and t.state = 'waiting'`,
);
/** People in front of those of these tickets that wait. */
export const positionsOf = async (trx: HotTrx, ticketIds: readonly string[]) =>
  new Map(
    ticketIds.length === 0
      ? []
      : (await trx.read(readPositions, [ticketIds])).map(({ id, n }) => [id, n]),
  );

const readFromHead = defineStatement<Neighbour>(
  `select n.id::text as id, ${MICROS('n.effective_at')} as "effectiveAt"
     from tickets t join queues q on q.id = t.queue_id
    cross join lateral (
      select w.id, w.effective_at from tickets w
       where w.queue_id = t.queue_id and w.state = 'waiting' and w.id <> t.id
       order by w.effective_at, w.id
       limit coalesce($2::int, q.no_show_requeue_after, 0) + 1) as n
    where t.id = $1::bigint
    order by n.effective_at, n.id`,
);
const readFromOwn = defineStatement<Neighbour>(
  `select n.id::text as id, ${MICROS('n.effective_at')} as "effectiveAt"
     from tickets t
    cross join lateral (
      select w.id, w.effective_at from tickets w
       where w.queue_id = t.queue_id and w.state = 'waiting'
         and (w.effective_at, w.id) > (t.effective_at, t.id)
       order by w.effective_at, w.id limit $2::int + 1) as n
    where t.id = $1::bigint
    order by n.effective_at, n.id`,
);
/** In the queue that the ticket enters: who is in front of it, who has its code, who has its owner. */
const readThere = defineStatement<{ n: number; taken: boolean; active: boolean }>(
  `select f.n,
          (select true from tickets c
            where c.queue_id = q.id and c.number = t.number and c.prefix = t.prefix
              and c.state in ${LIVE_STATES} and c.id <> t.id limit 1) is not null as taken,
          (select true from tickets o
            where o.user_id = t.user_id and o.queue_id = q.id
              and o.state in ${LIVE_STATES} and o.id <> t.id limit 1) is not null as active
     from tickets t
     join queues q on q.id = coalesce($2::bigint, t.queue_id)
    cross join lateral (
      select count(*)::int as n from tickets w
       where w.queue_id = q.id and w.state = 'waiting' and w.id <> t.id and $2::bigint is not null
         and w.effective_at <= coalesce(t.scheduled_at, t.created_at)
               - make_interval(secs => coalesce($3::int, t.priority) * q.priority_boost_seconds)) as f
    where t.id = $1::bigint`,
);

/** What a verb that chooses a place sees around it. */
export async function surroundingsOf(trx: HotTrx, input: VerbInput): Promise<Surroundings> {
  const { ticketId, verb } = input;
  const entersQueue = verb.name === 'transfer' || verb.name === 'reopen';
  const [neighbours, [there]] = await Promise.all([
    verb.name === 'postpone'
      ? trx.read(readFromOwn, [ticketId, verb.after])
      : trx.read(readFromHead, [ticketId, behindHead(verb)]),
    entersQueue
      ? trx.read(readThere, [
          ticketId,
          verb.name === 'transfer' ? verb.queueId : null,
          verb.name === 'transfer' ? (verb.priority ?? null) : null,
        ])
      : [],
  ]);
  return {
    neighbours,
    inFrontThere: there?.n ?? 0,
    isCodeTaken: there?.taken ?? false,
    isOwnerActive: there?.active ?? false,
  };
}

/** How many of the head it counts; null: what the no-show policy of the queue says. */
function behindHead(verb: VerbInput['verb']): number | null {
  if (verb.name === 'recall' || verb.name === 'no-show') return null;
  if (verb.name !== 'return' && verb.name !== 'reopen') return 0;
  return typeof verb.place === 'object' ? verb.place.after : 0;
}
