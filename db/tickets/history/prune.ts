import { type Db, rowsOf } from '../../knex.ts';

/** Rows of one statement, and statements of one kind in one run. */
const BATCH = 1_000;
const MAX_BATCHES = 100;

export interface Pruned {
  events: number;
  history: number;
  counterStates: number;
}

/** Delete what is older than `days`: entries of the logs, the history, and what counters did. */
export async function pruneTickets(
  db: Db,
  days: number,
  { batch = BATCH, batches = MAX_BATCHES } = {},
): Promise<Pruned> {
  const bounds = { batch, batches };
  return {
    events: await pruneLogs(db, days, bounds),
    history: await repeat(db, DELETE_HISTORY, { days, batch }, batches),
    counterStates: await repeat(db, DELETE_STATES, { days, batch }, batches),
  };
}

/** Only the first entry of a log is looked at. */
const OLD_LOGS = `
  select q.id::text as id from queues q
   cross join lateral (
     select e.seq, e.at from ticket_events e where e.queue_id = q.id order by e.seq limit 1) as first
   where first.at < clock_timestamp() - make_interval(days => :days::int)
     and first.seq < q.event_seq
   order by q.id`;

/**
 * A log has no gaps, so entries go from its beginning, up to the first that stays: one that is young, the
 * newest one, or one that is not in the stream yet. Of a stream that is lost, the newest one can be sent again.
 */
const DELETE_EVENTS = `
  with page as (
    select e.seq, e.at from ticket_events e
     where e.queue_id = :queueId::bigint order by e.seq limit :batch),
  allowed as (
    select case when q.mode = 'auto' or q.stream
                then least(coalesce(p.seq, 0), q.event_seq - 1) else q.event_seq - 1 end as seq
      from queues q left join log_positions p on p.log = 'tickets:' || q.id
     where q.id = :queueId::bigint),
  stop as (
    select min(page.seq) as seq from page cross join allowed a
     where page.at >= clock_timestamp() - make_interval(days => :days::int) or page.seq > a.seq)
  delete from ticket_events e using page
   where e.queue_id = :queueId::bigint and e.seq = page.seq
     and e.seq < coalesce((select s.seq from stop s), 9223372036854775807)
  returning e.seq`;

async function pruneLogs(
  db: Db,
  days: number,
  { batch, batches }: { batch: number; batches: number },
): Promise<number> {
  let total = 0;
  for (const { id } of await rowsOf<{ id: string }>(db.raw(OLD_LOGS, { days })))
    total += await repeat(db, DELETE_EVENTS, { days, batch, queueId: id }, batches);
  return total;
}

const DELETE_HISTORY = `
  delete from ticket_history h
   where h.id = any(array(
     select o.id from ticket_history o
      where o.finished_at < clock_timestamp() - make_interval(days => :days::int)
      order by o.finished_at limit :batch for update skip locked))
  returning h.id`;

/** The state that a counter was in at that time is older than it, and stays. */
const DELETE_STATES = `
  with cutoff as (select clock_timestamp() - make_interval(days => :days::int) as at),
  old as (
    select o.counter_id, o.at from cutoff c join counter_states o on o.at < c.at
     where (select true from counter_states n
             where n.counter_id = o.counter_id and n.at > o.at and n.at <= c.at limit 1)
     limit :batch)
  delete from counter_states s using old
   where s.counter_id = old.counter_id and s.at = old.at
  returning s.at`;

async function repeat(
  db: Db,
  sql: string,
  bindings: { batch: number } & Record<string, string | number>,
  batches: number,
): Promise<number> {
  let total = 0;
  for (let n = 0; n < batches; n += 1) {
    const rows = await rowsOf(db.raw(sql, bindings));
    total += rows.length;
    if (rows.length < bindings.batch) break;
  }
  return total;
}
