import { type Db, rowsOf } from '../../knex.ts';

/** Somebody who waits longer than this is not counted in a past minute. */
const LONGEST_WAIT_SECONDS = 3_600;

/** What happened in one minute. `minute` is its beginning in seconds since 1970. */
export interface TimeSeriesPoint {
  minute: number;
  matches: number;
  /** The 95th percentile wait of people matched in it, in seconds; null when nobody was. */
  waitP95: number | null;
  /** How many people waited when it ended (or now). */
  waiting: number;
  /** Sessions that ended in it: `state/reason` → how many. */
  ended: Record<string, number>;
}

/** The minute that PostgreSQL's clock shows. */
export async function presentMinute(db: Db): Promise<number> {
  const [row] = await rowsOf<{ minute: number }>(
    db.raw(`select extract(epoch from date_trunc('minute', now()))::float8 as minute`),
  );
  return row?.minute ?? 0;
}

interface Range {
  from: number;
  /** The last minute, included. */
  to: number;
  /** How long a request waits at most, beyond having been put back. */
  ttlSeconds: number;
}

/**
 * Minutes in order, empty ones included. Index ranges only: `sessions_created_at`,
 * `sessions_ended_at`, and for each minute's end the requests that joined not longer ago than one can
 * wait. Ask for few minutes at a time.
 */
export async function readMinutes(
  db: Db,
  { from, to, ttlSeconds }: Range,
): Promise<TimeSeriesPoint[]> {
  const range = { from, until: to + 60 };
  const [matched, ended, waiting] = await Promise.all([
    rowsOf<{ minute: number; matches: number; p95: number | null }>(db.raw(MATCHED, range)),
    rowsOf<{ minute: number; how: string; count: number }>(db.raw(ENDED, range)),
    rowsOf<{ minute: number; waiting: number }>(
      db.raw(WAITING, {
        from,
        to,
        longest: Math.min(2 * ttlSeconds + 60, LONGEST_WAIT_SECONDS),
      }),
    ),
  ]);
  const matchedIn = new Map(matched.map((row) => [row.minute, row]));
  return waiting.map(({ minute, waiting }) => ({
    minute,
    waiting,
    matches: matchedIn.get(minute)?.matches ?? 0,
    waitP95: matchedIn.get(minute)?.p95 ?? null,
    ended: Object.fromEntries(
      ended.filter((row) => row.minute === minute).map(({ how, count }) => [how, count]),
    ),
  }));
}

const MATCHED = `
  select extract(epoch from date_trunc('minute', s.created_at))::float8 as minute,
         count(distinct s.id)::int as matches,
         percentile_cont(0.95) within group
           (order by extract(epoch from s.created_at - r.joined_at)) as p95
    from sessions s left join match_requests r on r.session_id = s.id
   where s.created_at >= to_timestamp(:from) and s.created_at < to_timestamp(:until)
   group by 1`;

const ENDED = `
  select extract(epoch from date_trunc('minute', ended_at))::float8 as minute,
         state || '/' || coalesce(end_reason, 'unknown') as how, count(*)::int as count
    from sessions
   where ended_at >= to_timestamp(:from) and ended_at < to_timestamp(:until)
   group by 1, 2`;

const WAITING = `
  select at::float8 as minute, (
           select count(*)::int from match_requests r
            where r.joined_at <= to_timestamp(at + 60)
              and r.joined_at > to_timestamp(at + 60 - :longest)
              and (r.state = 'waiting' or r.changed_at > to_timestamp(at + 60))) as waiting
    from generate_series(:from::bigint, :to::bigint, 60) as at
   order by at`;
