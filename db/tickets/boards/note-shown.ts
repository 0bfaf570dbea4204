import { type Db, prepared, rowsOf } from '../../knex.ts';

/** A display has shown every call of a queue with `from < seq <= to`. */
export interface ShownRange {
  queueId: string;
  from: number;
  to: number;
}

/**
 * Count displays that showed a call, for tickets that are still called. It changes no version. A recall that is
 * committed while this waits for the ticket is another call: the condition is checked again with the new row.
 */
export async function noteShown(db: Db, ranges: readonly ShownRange[]): Promise<void> {
  const counted = new Map<string, ShownRange & { count: number }>();
  for (const range of ranges) {
    const name = `${range.queueId} ${range.from} ${range.to}`;
    const known = counted.get(name);
    if (known) known.count += 1;
    else counted.set(name, { ...range, count: 1 });
  }
  const rows = [...counted.values()];
  await prepared(
    db,
    `with shown as (
       select t.id, t.call_seq, sum(x.count)::int as count
         from unnest(?::bigint[], ?::float8[], ?::float8[], ?::int[]) as x (queue_id, low, high, count)
         join tickets t on t.queue_id = x.queue_id and t.state in ('called', 'processing', 'held')
          and t.state = 'called' and t.call_seq > x.low and t.call_seq <= x.high
        group by t.id, t.call_seq),
     locked as (
       select t.id from tickets t where t.id = any(array(select s.id from shown s))
        order by t.id for no key update)
     update tickets t set shown_displays = t.shown_displays + s.count
       from shown s join locked l on l.id = s.id
      where t.id = s.id and t.state = 'called' and t.call_seq = s.call_seq`,
    [
      rows.map(({ queueId }) => queueId),
      rows.map(({ from }) => from),
      rows.map(({ to }) => to),
      rows.map(({ count }) => count),
    ],
  );
}

/** The owner's page shows the call of this version. Returns false when that call is over. */
export async function noteSeen(
  db: Db,
  { ticketId, version }: { ticketId: string; version: number },
): Promise<boolean> {
  const rows = await rowsOf(
    prepared(
      db,
      `update tickets t set owner_seen_at = coalesce(t.owner_seen_at, clock_timestamp())
        where t.id = ?::bigint and t.version = ?::int and t.state = 'called' returning 1`,
      [ticketId, version],
    ),
  );
  return rows.length > 0;
}
