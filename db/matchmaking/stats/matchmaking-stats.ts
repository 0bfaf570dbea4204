import type { SessionState } from '../../../contract/matchmaking.ts';
import { type Db, rowsOf } from '../../knex.ts';

/** At most this many rows are counted: a number on a screen is not worth a long scan. */
const MOST_WAITING = 50_000;
const MOST_POOLS = 50;
/** Percentiles are computed from this many of the newest sessions. */
const SAMPLE = 5_000;

export interface PoolStatsRow {
  pool: string;
  waiting: number;
  oldestSeconds: number;
}

/** How many people wait in each pool, most first. One scan of the partial index `match_requests_waiting`. */
export const waitingByPool = (db: Db): Promise<PoolStatsRow[]> =>
  rowsOf<PoolStatsRow>(
    db.raw(
      `select pool, count(*)::int as waiting,
              round(extract(epoch from now() - min(joined_at)))::int as "oldestSeconds"
         from (select pool, joined_at from match_requests where state = 'waiting' limit ?) w
        group by pool order by waiting desc, pool limit ?`,
      [MOST_WAITING, MOST_POOLS],
    ),
  );

/** Sessions that have not ended, by state: each from the partial index of its states. */
export async function liveSessions(
  db: Db,
): Promise<Record<'matched' | 'connecting' | 'active', number>> {
  const rows = await rowsOf<{ state: SessionState; count: number }>(
    db.raw(
      `select state, count(*)::int as count from sessions
        where state in ('matched', 'connecting') group by state
       union all
       select state, count(*)::int from sessions where state = 'active' group by state`,
    ),
  );
  const counted = Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  return { matched: 0, connecting: 0, active: 0, ...counted };
}

/** How many sessions were created within the last `minutes`. */
export async function matchesWithin(db: Db, minutes: number): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    db.raw(
      `select count(*)::int as count from sessions
        where created_at > now() - make_interval(mins => ?)`,
      [minutes],
    ),
  );
  return row?.count ?? 0;
}

export interface WaitStats {
  p50: number | null;
  p95: number | null;
  /** How many waits were measured. */
  waits: number;
}

/** How long people waited who were matched within the last hour, from the newest sessions. */
export async function waitStats(db: Db): Promise<WaitStats> {
  const [row] = await rowsOf<WaitStats>(
    db.raw(
      `select percentile_cont(0.5) within group (order by wait) as p50,
              percentile_cont(0.95) within group (order by wait) as p95,
              count(*)::int as waits
         from (select extract(epoch from s.created_at - r.joined_at) as wait
                 from (select id, created_at from sessions
                        where created_at > now() - interval '1 hour'
                        order by created_at desc limit ?) s
                 join match_requests r on r.session_id = s.id) w`,
      [SAMPLE],
    ),
  );
  return row ?? { p50: null, p95: null, waits: 0 };
}

export interface CallStats {
  /** From the match to the moment both were connected, in seconds; null without calls. */
  connect: { p50: number | null; p95: number | null };
  /** How long calls lasted, in seconds. */
  duration: { p50: number | null; p95: number | null };
  /** How many calls became active. */
  calls: number;
  /** The mean rating, 1 to 5; null when nobody gave one. */
  rating: number | null;
  ratings: number;
}

/** Statistics of the calls of the last hour, from the newest sessions. */
export async function callStats(db: Db): Promise<CallStats> {
  const [row] = await rowsOf<
    Record<'c50' | 'c95' | 'd50' | 'd95' | 'rating', number | null> & Counts
  >(
    db.raw(
      `with newest as (
         select id, active_at - created_at as connected, ended_at - active_at as lasted, active_at
           from sessions where created_at > now() - interval '1 hour'
          order by created_at desc limit ?)
       select percentile_cont(0.5) within group (order by extract(epoch from connected)) as c50,
              percentile_cont(0.95) within group (order by extract(epoch from connected)) as c95,
              percentile_cont(0.5) within group (order by extract(epoch from lasted)) as d50,
              percentile_cont(0.95) within group (order by extract(epoch from lasted)) as d95,
              count(active_at)::int as calls,
              (select avg(rating)::float8 from session_feedback f join newest n on n.id = f.session_id) as rating,
              (select count(*)::int from session_feedback f join newest n on n.id = f.session_id) as ratings
         from newest`,
      [SAMPLE],
    ),
  );
  if (!row) throw new Error('an aggregate gave no row');
  const { c50, c95, d50, d95, calls, rating, ratings } = row;
  return {
    connect: { p50: c50, p95: c95 },
    duration: { p50: d50, p95: d95 },
    ...{ calls, rating, ratings },
  };
}
interface Counts {
  calls: number;
  ratings: number;
}
