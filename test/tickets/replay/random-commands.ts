import type { TicketState } from '../../../contract/tickets.ts';
import { type Db, rowsOf } from '../../../db/knex.ts';
import { LEGAL } from '../../../db/tickets/tickets/ticket-machine.ts';
import { findLost, findNear, findOverdue } from '../../../db/tickets/work/find-upkeep.ts';
import type { TicketInput, Verb, VerbName } from '../../../db/tickets/work/inputs.ts';
import { newId } from '../../../ids.ts';

/** The office in which random things happen. */
export interface Place {
  queueIds: string[];
  counterIds: readonly string[];
  people: readonly string[];
}

/** One random thing: what it is, and numbers for what it needs. */
export interface Step {
  what:
    | 'create'
    | 'callNext'
    | 'verb'
    | 'stale'
    | 'time'
    | 'loseCounter'
    | 'openCounter'
    | 'dispatch';
  pick: number;
  which: number;
  amount: number;
}

const staff = newId();
const at = <Item>(items: readonly Item[], n: number): Item => items[n % items.length] as Item;

interface Present {
  id: string;
  state: TicketState;
  version: number;
}

/** The tickets of these queues as they are now. */
export const presentTickets = (db: Db, { queueIds }: Place) =>
  rowsOf<Present>(
    db.raw(
      `select t.id::text as id, t.state, t.version from tickets t
        where t.queue_id = any(?::bigint[]) order by t.id`,
      [queueIds],
    ),
  );

/** What would be rare otherwise. */
const OFTEN: Partial<Record<TicketState, VerbName[]>> = {
  waiting: ['away', 'back', 'back'],
  called: ['recall', 'start', 'start'],
  processing: ['hold', 'hold'],
  held: ['resume', 'resume', 'resume', 'resume'],
};

/** The input of a step, which is legal by the state of its ticket. Undefined when it has none. */
export function inputOf(
  { what, pick, which, amount }: Step,
  place: Place,
  tickets: readonly Present[],
): TicketInput | undefined {
  if (what === 'create') return create(place, { pick, which, amount });
  if (what === 'callNext')
    return {
      ...{ kind: 'call-next', counterId: at(place.counterIds, pick), start: which % 2 === 0 },
      ...{ queueId: undefined, actorId: staff },
    };
  const ticket = tickets.length > 0 ? at(tickets, pick) : undefined;
  if (!ticket) return undefined;
  const legal = (Object.keys(LEGAL) as VerbName[]).filter((name) =>
    LEGAL[name].includes(ticket.state),
  );
  const names = [...legal, ...(OFTEN[ticket.state] ?? [])];
  return {
    kind: 'verb',
    ticketId: ticket.id,
    version: what === 'stale' ? ticket.version + 1 : ticket.version,
    verb: verbOf(at(names, which), place, amount),
    actor: { as: 'staff', userId: staff },
  };
}

function create(
  { queueIds, people }: Place,
  { pick, which, amount }: Omit<Step, 'what'>,
): TicketInput {
  const isOwned = amount % 3 === 0;
  const minutes = (amount % 20) - 10;
  const scheduledAt = new Date(Date.now() + minutes * 60_000).toISOString();
  return {
    kind: 'create',
    queueId: at(queueIds, pick),
    actor: { userId: isOwned ? at(people, which) : null, isStaff: false },
    body: {
      ...(which % 5 === 0 ? { priority: amount % 4 } : {}),
      ...(which % 7 === 0 ? { scheduledAt } : {}),
      ...(which % 3 === 0 ? { notifyAhead: amount % 5, estimatedSeconds: 60 + amount } : {}),
    },
  };
}

function verbOf(name: VerbName, { queueIds, counterIds }: Place, amount: number): Verb {
  const places = ['first', 'last', { after: amount % 6 }] as const;
  switch (name) {
    case 'call':
      return { name, counterId: at(counterIds, amount) };
    case 'progress':
      return { name, percent: amount % 101, note: 'a note' };
    case 'return':
    case 'reopen':
      return { name, place: at(places, amount) };
    case 'transfer':
      return { name, queueId: at(queueIds, amount), priority: amount % 2 ? amount % 3 : undefined };
    case 'resume':
      return { name, counterId: amount % 2 ? at(counterIds, amount) : undefined };
    case 'postpone':
      return { name, after: 1 + (amount % 5) };
    case 'away':
      return { name, seconds: 1 + (amount % 200) };
    default:
      return { name } as Verb;
  }
}

/** Leases run out, and waits pass their target. */
export async function passTime(db: Db, { queueIds }: Place): Promise<void> {
  await db.raw(
    `update tickets set lease_until = clock_timestamp() - interval '1 second'
      where queue_id = any(?::bigint[]) and lease_until is not null`,
    [queueIds],
  );
}

/** What sweeps find now. */
export const findUpkeep = async (db: Db) => [
  ...(await findNear(db, null)),
  ...(await findOverdue(db)),
  ...(await findLost(db, new Date(Date.now() + 60_000))),
];

export const loseCounter = (db: Db, id: string) =>
  db('counters')
    .where({ id, state: 'open' })
    .update({ state: 'paused', pause_reason: 'connection lost', is_lost: true, lease_until: null });
export const openCounter = (db: Db, id: string) =>
  db('counters')
    .where({ id })
    .update({
      state: 'open',
      pause_reason: null,
      is_lost: false,
      lease_until: db.raw("clock_timestamp() + interval '1 hour'"),
    });
