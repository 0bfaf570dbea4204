import { expect } from 'chai';
import { type Db, rowsOf } from '../../../db/knex.ts';
import { type LogRow, type Replayed, replay } from './replay.ts';

const ms = (column: string) =>
  `(extract(epoch from date_trunc('milliseconds', ${column})) * 1000)::float8`;

const readLog = (db: Db, queueIds: string[]) =>
  rowsOf<LogRow>(
    db.raw(
      `select e.queue_id::text as "queueId", e.seq::float8 as seq, e.ticket_id::text as "ticketId", e.type,
              e.at, e.version, e.counter_id::text as "counterId", e.ticket::json as ticket,
              e.facts::json as facts
         from ticket_events e where e.queue_id = any(?::bigint[]) order by e.queue_id, e.seq`,
      [queueIds],
    ),
  );
const readTickets = (db: Db, queueIds: string[]) =>
  rowsOf<Replayed>(
    db.raw(
      `select t.id::text as id, t.queue_id::text as "queueId", t.state,
              t.prefix || lpad(t.number::text, greatest(3, length(t.number::text)), '0') as code, t.priority,
              (extract(epoch from t.effective_at) * 1000000)::float8 as "effectiveAt",
              t.counter_id::text as "counterId", t.calls, t.requeues,
              ${ms('t.away_until')} as "awayUntil", ${ms('t.arrived_at')} as "arrivedAt", t.version,
              ${ms('t.updated_at')} as "updatedAt"
         from tickets t where t.queue_id = any(?::bigint[]) order by t.id`,
      [queueIds],
    ),
  );
const readQueues = (db: Db, queueIds: string[]) =>
  rowsOf<{ id: string; seq: number; waiting: number; numberLast: number; order: string[] }>(
    db.raw(
      `select q.id::text as id, q.event_seq::float8 as seq, q.waiting, q.number_last as "numberLast",
              array(select t.id::text from tickets t
                     where t.queue_id = q.id and t.state = 'waiting'
                     order by t.effective_at, t.id) as "order"
         from queues q where q.id = any(?::bigint[]) order by q.id`,
      [queueIds],
    ),
  );

/**
 * Compare the rows of these queues with what their logs alone give. A log without a legal history throws.
 * @returns how many entries there were
 */
export async function expectReplayed(db: Db, queueIds: string[]): Promise<number> {
  const log = await readLog(db, queueIds);
  const { tickets, queues } = replay(log);
  const present = await readTickets(db, queueIds);
  expect(present.map(({ id }) => id)).to.have.members([...tickets.keys()]);
  for (const row of present) expect(row, `ticket ${row.id}`).to.deep.equal(tickets.get(row.id));
  const rows = await readQueues(db, queueIds);
  for (const { id, ...row } of rows) {
    const { at: _at, ...replayed } = queues.get(id) ?? {
      seq: 0,
      waiting: 0,
      numberLast: 0,
      order: [],
    };
    expect(row, `queue ${id}`).to.deep.equal(replayed);
  }
  const live = [...tickets.values()].filter(
    ({ state }) => !['done', 'no_show', 'cancelled'].includes(state),
  );
  const codes = live.map(({ queueId, code }) => `${queueId} ${code}`);
  expect(new Set(codes).size, 'codes of the living').to.equal(codes.length);
  const busy = live.flatMap(({ state, counterId }) =>
    state === 'called' || state === 'processing' ? (counterId ?? []) : [],
  );
  expect(new Set(busy).size, 'one ticket at a counter').to.equal(busy.length);
  return log.length;
}
