import { defineStatement, type Statement, type Write } from '../../write/statement.ts';
import { isAtCounter, type TicketRow, timestampOf } from '../tickets/ticket-row.ts';
import type { SERVING, Work, WrittenEvent } from './work.ts';

type Column<Row> = readonly [name: string, type: string, of: (row: Row) => unknown];

/** Columns that calls, service and the end change. */
const SERVING_COLUMNS: Readonly<Record<(typeof SERVING)[number], Column<TicketRow>>> = {
  state: ['state', 'text', (t) => t.state],
  awayUntil: ['away_until', 'timestamptz', (t) => t.awayUntil],
  counterId: ['counter_id', 'bigint', (t) => t.counterId],
  leaseUntil: ['lease_until', 'timestamptz', (t) => t.leaseUntil],
  calls: ['calls', 'smallint', (t) => t.calls],
  callSeq: ['call_seq', 'bigint', (t) => t.callSeq],
  shownDisplays: ['shown_displays', 'int', (t) => t.shownDisplays],
  ownerSeenAt: ['owner_seen_at', 'timestamptz', (t) => t.ownerSeenAt],
  version: ['version', 'int', (t) => t.version],
  updatedAt: ['updated_at', 'timestamptz', (t) => t.updatedAt],
  calledAt: ['called_at', 'timestamptz', (t) => t.calledAt],
  startedAt: ['started_at', 'timestamptz', (t) => t.startedAt],
  finishedAt: ['finished_at', 'timestamptz', (t) => t.finishedAt],
};
const SERVING_LIST = Object.values(SERVING_COLUMNS);
/** The others that change after a ticket was created, of the tickets of `work.moved`. */
const PLACE_COLUMNS: readonly Column<TicketRow>[] = [
  ['queue_id', 'bigint', (t) => t.queueId],
  ['prefix', 'text', (t) => t.prefix],
  ['number', 'int', (t) => t.number],
  ['priority', 'smallint', (t) => t.priority],
  ['effective_at', 'timestamptz', (t) => timestampOf(t.effectiveAt)],
  ['callable_at', 'timestamptz', (t) => t.callableAt],
  ['away_seconds', 'int', (t) => t.awaySeconds],
  ['arrived_at', 'timestamptz', (t) => t.arrivedAt],
  ['requeues', 'smallint', (t) => t.requeues],
  ['promised_p50', 'int', (t) => t.promisedP50],
  ['promised_p90', 'int', (t) => t.promisedP90],
  ['near_at', 'timestamptz', (t) => t.nearAt],
  ['overdue_at', 'timestamptz', (t) => t.overdueAt],
];
const LASTING: readonly Column<TicketRow>[] = [
  ['scheduled_at', 'timestamptz', (t) => t.scheduledAt],
  ['estimated_seconds', 'int', (t) => t.estimatedSeconds],
  ['notify_ahead', 'smallint', (t) => t.notifyAhead],
  ['user_id', 'uuid', (t) => t.userId],
  ['customer_name', 'text', (t) => t.customerName],
  ['created_at', 'timestamptz', (t) => t.createdAt],
];
const ID: Column<TicketRow> = ['id', 'bigint', (t) => t.id];

const EVENT: readonly Column<WrittenEvent>[] = [
  ['queue_id', 'bigint', (e) => e.queueId],
  ['seq', 'bigint', (e) => e.seq],
  ['ticket_id', 'bigint', (e) => e.ticket.id],
  ['type', 'text', (e) => e.type],
  ['at', 'timestamptz', (e) => e.at],
  ['version', 'int', (e) => e.ticket.version],
  ['counter_id', 'bigint', (e) => e.ticket.counterId],
  ['actor_id', 'uuid', (e) => e.actorId],
  ['ticket', 'text', (e) => e.text],
  ['facts', 'text', (e) => JSON.stringify(e.facts)],
];

const arrays = <Row>(columns: readonly Column<Row>[]) =>
  columns.map(([, type], at) => `$${at + 1}::${type}[]`).join(', ');
const names = <Row>(columns: readonly Column<Row>[]) => columns.map(([name]) => name).join(', ');
const valuesOf = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): unknown[][] =>
  columns.map(([, , of]) => rows.map(of));

const insertInto = <Row>(table: string, columns: readonly Column<Row>[]): Statement =>
  defineStatement(
    `insert into ${table} (${names(columns)}) select * from unnest(${arrays(columns)})`,
  );

const CREATED = [ID, ...SERVING_LIST, ...PLACE_COLUMNS, ...LASTING];
const insertTickets = insertInto('tickets', CREATED);
const insertEvents = insertInto('ticket_events', EVENT);

/** The ids are in it twice, so that rows are found by key whatever statistics the planner has. */
const updateOf = (columns: readonly Column<TicketRow>[]): Statement =>
  defineStatement(
    `update tickets t set ${columns.map(([name]) => `${name} = x.${name}`).join(', ')}
       from unnest(${arrays([ID, ...columns])}) as x (${names([ID, ...columns])})
      where t.id = any($1::bigint[]) and t.id = x.id`,
  );
const updateServed = updateOf(SERVING_LIST);
const MOVED = [...SERVING_LIST, ...PLACE_COLUMNS];
const updateMoved = updateOf(MOVED);
const updateQueues = defineStatement(
  `update queues q
      set event_seq = x.event_seq, waiting = x.waiting, number_day = x.number_day,
          number_last = x.number_last, last_called = x.last_called, eta = x.eta
     from unnest($1::bigint[], $2::bigint[], $3::int[], $4::date[], $5::int[], $6::jsonb[], $7::jsonb[])
          as x (id, event_seq, waiting, number_day, number_last, last_called, eta)
    where q.id = any($1::bigint[]) and q.id = x.id`,
);
const renewLeases = defineStatement(
  `update counters c set lease_until = x.lease_until
     from unnest($1::bigint[], $2::timestamptz[]) as x (id, lease_until)
    where c.id = any($1::bigint[]) and c.id = x.id and c.state = 'open'`,
);
const insertNotes = defineStatement(
  `insert into ticket_notes (ticket_id, version, note, created_at)
   select * from unnest($1::bigint[], $2::int[], $3::text[], $4::timestamptz[])`,
);

/**
 * The writes of what was decided. Tickets that leave a counter are written before those that come to one: the
 * unique index looks at each row as it is written.
 */
export function writesOf(work: Work): Write[] {
  const { events } = work;
  if (events.length === 0 && work.changed.size === 0) return leaseWrites(work);
  const rows = (ids: Iterable<string>) =>
    [...ids].flatMap((id) => work.tickets.get(id) ?? []).sort(byId);
  const changed = rows(work.changed);
  const notes = events.filter(({ note, isArrival }) => note !== undefined && !isArrival);
  return [
    ...updates(
      work,
      changed.filter((row) => !isAtCounter(row)),
    ),
    ...write(insertTickets, CREATED, rows(work.created)),
    ...updates(work, changed.filter(isAtCounter)),
    ...write(insertEvents, EVENT, events),
    ...(events.length > 0 ? [queueWrite(work)] : []),
    ...leaseWrites(work),
    ...(notes.length > 0
      ? [
          {
            statement: insertNotes,
            values: [
              notes.map(({ ticket }) => ticket.id),
              notes.map(({ ticket }) => ticket.version),
              notes.map(({ note }) => note),
              notes.map(({ at }) => at),
            ],
          },
        ]
      : []),
  ];
}

const updates = ({ moved }: Work, rows: readonly TicketRow[]): Write[] => [
  ...write(
    updateServed,
    [ID, ...SERVING_LIST],
    rows.filter(({ id }) => !moved.has(id)),
  ),
  ...write(
    updateMoved,
    [ID, ...MOVED],
    rows.filter(({ id }) => moved.has(id)),
  ),
];

const byId = (one: TicketRow, other: TicketRow) =>
  one.id.length - other.id.length || (one.id < other.id ? -1 : 1);

const write = <Row>(
  statement: Statement,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Write[] => (rows.length > 0 ? [{ statement, values: valuesOf(columns, rows) }] : []);

function queueWrite({ events, queues }: Work): Write {
  const ids = [...new Set(events.map(({ queueId }) => queueId))];
  const rows = ids.flatMap((id) => queues.get(id) ?? []);
  return {
    statement: updateQueues,
    values: [
      rows.map(({ id }) => id),
      rows.map(({ seq }) => seq),
      rows.map(({ waiting }) => waiting),
      rows.map(({ numberDay }) => numberDay),
      rows.map(({ numberLast }) => numberLast),
      rows.map(({ lastCalled }) => JSON.stringify(lastCalled)),
      rows.map(({ eta }) => JSON.stringify(eta)),
    ],
  };
}

function leaseWrites({ renewed, counters }: Work): Write[] {
  const rows = [...renewed].flatMap((id) => counters.get(id) ?? []);
  if (rows.length === 0) return [];
  return [
    {
      statement: renewLeases,
      values: [rows.map(({ id }) => id), rows.map(({ leaseUntil }) => leaseUntil)],
    },
  ];
}
