import type { BatchCommand } from '../../write/command.ts';
import { defineStatement } from '../../write/statement.ts';
import { COUNTER_COLUMNS, type CounterRow } from '../counters/counter-row.ts';
import { callTo } from '../decisions/decide-call-next.ts';
import { learnWait } from '../decisions/learn.ts';
import { TICKET_COLUMNS, type TicketRow } from '../tickets/ticket-row.ts';
import { effectsOf, type TicketEffects } from './effects.ts';
import { type LockedRows, lockRows } from './read-rows.ts';
import { changeTicket, queueOf, type Work } from './work.ts';
import { writesOf } from './write-work.ts';

export interface Dispatch {
  queueId: string;
}
interface Facts extends LockedRows {
  heads: readonly TicketRow[];
  /** Whether any counter serves the queue; without one, workers do. */
  hasCounters: boolean;
  /** Tickets that workers have now. */
  reserved: number;
}

/** Tickets of one pass. A pass that assigns all of them is followed by another one. */
export const DISPATCH_LIMIT = 200;

/** Open counters of the queue. One that a command has locked is passed: it is busy at this moment. */
const lockOpenCounters = defineStatement<CounterRow>(
  `select ${COUNTER_COLUMNS} from counters c
    where c.id = any(array(
            select cq.counter_id from counter_queues cq where cq.queue_id = $1::bigint))
      and c.state = 'open' and c.lease_until > clock_timestamp()
    order by c.id for no key update of c skip locked`,
);
const readServed = defineStatement<{ id: string; ticketId: string | null }>(
  `select cq.counter_id::text as id,
          (select t.id::text from tickets t
            where t.counter_id = cq.counter_id and t.state in ('called', 'processing')
            limit 1) as "ticketId"
     from counter_queues cq where cq.queue_id = $1::bigint`,
);
const readReserved = defineStatement<{ reserved: number }>(
  `select count(*)::int as reserved from tickets t
    where t.queue_id = $1::bigint and t.state in ('called', 'processing', 'held')
      and t.state = 'processing' and t.counter_id is null`,
);
const readHeads = defineStatement<TicketRow>(
  `select ${TICKET_COLUMNS} from tickets t
    where t.queue_id = $1::bigint and t.state = 'waiting' and t.callable_at <= clock_timestamp()
    order by t.effective_at, t.id limit ${DISPATCH_LIMIT} for no key update of t skip locked`,
);

/**
 * Assign the first tickets of one automatic queue: to its open counters without a ticket, or, when no counter
 * serves it, to workers outside, as many as its capacity. The result is the number of assigned tickets.
 */
export const dispatchCommand: BatchCommand<Dispatch, Facts, number, TicketEffects> = {
  name: 'ticket-dispatch',
  subjectsOf: ({ queueId }) => [`queue:${queueId}`],
  async read(trx, inputs, locking, shared) {
    const [{ queueId } = { queueId: '0' }] = inputs;
    const named = { ticketIds: [], counterIds: [], queueIds: [queueId], callingIds: [] };
    const [counters, rows, served, [count], heads] = await Promise.all([
      trx.read(lockOpenCounters, [queueId]),
      lockRows(trx, named, locking, shared),
      trx.read(readServed, [queueId]),
      trx.read(readReserved, [queueId]),
      trx.read(readHeads, [queueId]),
    ]);
    const ticketOf = new Map(served.map(({ id, ticketId }) => [id, ticketId]));
    for (const counter of counters)
      rows.work.counters.set(counter.id, {
        ...counter,
        ticketId: ticketOf.get(counter.id) ?? null,
      });
    for (const head of heads) rows.work.tickets.set(head.id, head);
    return { ...rows, heads, hasCounters: served.length > 0, reserved: count?.reserved ?? 0 };
  },
  decide(facts, [input]) {
    const { work } = facts;
    const queue = input && work.queues.get(input.queueId);
    const assigned =
      queue?.mode !== 'auto'
        ? 0
        : facts.hasCounters
          ? callToFree(work, facts.heads)
          : reserve(work, facts.heads, queue.autoCapacity - facts.reserved);
    return {
      outcomes: [{ ok: assigned }],
      writes: writesOf(work),
      effects: effectsOf(work, []),
    };
  },
};

function callToFree(work: Work, heads: readonly TicketRow[]): number {
  const free = [...work.counters.values()].filter(({ ticketId }) => ticketId === null);
  const pairs = free.slice(0, heads.length);
  for (const [at, { id }] of pairs.entries())
    callTo(work, heads[at] as TicketRow, id, { isDirect: false, actorId: null });
  return pairs.length;
}

function reserve(work: Work, heads: readonly TicketRow[], free: number): number {
  const taken = heads.slice(0, Math.max(0, free));
  for (const ticket of taken) {
    const queue = queueOf(work, ticket.queueId);
    learnWait(queue, ticket, work.now);
    const patch = {
      state: 'processing',
      ...{ calledAt: work.now, startedAt: work.now, awayUntil: null },
      leaseUntil: new Date(work.now.getTime() + queue.leaseSeconds * 1000),
    } as const;
    const facts = { effectiveAt: ticket.effectiveAt };
    changeTicket(work, ticket, patch, { type: 'reserved', facts, actorId: null });
  }
  return taken.length;
}
