import { countIndexed, knownPools } from '../../db/matchmaking/pool/waiting-index.ts';
import { recentSessions } from '../../db/matchmaking/sessions/session-history.ts';
import {
  type CallStats,
  callStats,
  liveSessions,
  matchesWithin,
  type PoolStatsRow,
  type WaitStats,
  waitingByPool,
  waitStats,
} from '../../db/matchmaking/stats/matchmaking-stats.ts';
import type { TimeSeriesPoint } from '../../db/matchmaking/stats/time-series.ts';
import { cached } from '../overview/cached.ts';
import type { PanelDeps } from '../panel.ts';
import { createTimeSeries } from './time-series.ts';

export interface PoolRow extends PoolStatsRow {
  /** Entries of the index, or null while Redis is unavailable. Claimed requests count in both numbers. */
  indexed: number | null;
}

/** What the panel of matchmaking shows. */
export interface MatchmakingStats {
  waiting: number;
  oldestSeconds: number | null;
  perMinute: { five: number; hour: number };
  wait: WaitStats;
  sessions: Record<'matched' | 'connecting' | 'active', number>;
  calls: CallStats;
  /** Sessions that ended in the last hour by state and reason, most frequent first. */
  ended: { state: string; reason: string; count: number }[];
  pools: PoolRow[];
  /** The newest sessions, newest first. */
  newest: { id: string; pool: string; state: string; endReason: string | null; at: string }[];
  /** The last hour, oldest minute first. */
  timeSeries: TimeSeriesPoint[];
}

const SLOW_MS = 10_000;
const NEWEST = 8;

type Stores = Pick<PanelDeps, 'db' | 'redis'>;

/** Reads the stats of matchmaking. Expensive statements run every ten seconds. */
export function createStatsReader(deps: PanelDeps): () => Promise<MatchmakingStats> {
  const { db, redis } = deps;
  const timeSeries = cached(SLOW_MS, createTimeSeries(deps));
  const wait = cached(SLOW_MS, () => waitStats(db));
  const calls = cached(SLOW_MS, () => callStats(db));
  return async () => {
    const [pools, sessions, five, waits, called, hour, newest] = await Promise.all([
      readPools({ db, redis }),
      liveSessions(db),
      matchesWithin(db, 5),
      wait(),
      calls(),
      timeSeries(),
      recentSessions(db, NEWEST),
    ]);
    const matched = hour.reduce((sum, minute) => sum + minute.matches, 0);
    return {
      waiting: pools.reduce((sum, pool) => sum + pool.waiting, 0),
      oldestSeconds: pools.length > 0 ? Math.max(...pools.map((pool) => pool.oldestSeconds)) : null,
      perMinute: { five: rounded(five / 5), hour: rounded(matched / 60) },
      wait: waits,
      sessions,
      calls: called,
      ended: endsOf(hour),
      pools,
      newest: newest.map(({ id, pool, state, endReason, createdAt }) => ({
        ...{ id, pool, state, endReason, at: createdAt.toISOString() },
      })),
      timeSeries: hour,
    };
  };
}

const rounded = (value: number) => Math.round(value * 10) / 10;
const MOST_POOLS = 50;

/** Pools in which somebody waits, and pools whose index has entries without a row. */
export async function readPools({ db, redis }: Stores): Promise<PoolRow[]> {
  const waiting = await waitingByPool(db);
  const indexed = await countAll(redis, waiting).catch(() => null);
  const ghosts = [...(indexed ?? [])].flatMap(([pool, count]) =>
    count > 0 && !waiting.some((row) => row.pool === pool)
      ? [{ pool, waiting: 0, oldestSeconds: 0, indexed: count }]
      : [],
  );
  const rows = waiting.map((row) => ({ ...row, indexed: indexed?.get(row.pool) ?? null }));
  return [...rows, ...ghosts];
}

async function countAll(
  redis: Stores['redis'],
  waiting: readonly PoolStatsRow[],
): Promise<Map<string, number>> {
  const known = (await knownPools(redis)).slice(0, MOST_POOLS);
  const names = [...new Set([...waiting.map(({ pool }) => pool), ...known])];
  const counts = await Promise.all(names.map((pool) => countIndexed(redis, pool)));
  return new Map(names.map((pool, at) => [pool, counts[at] ?? 0]));
}

function endsOf(hour: readonly TimeSeriesPoint[]): MatchmakingStats['ended'] {
  const counts = new Map<string, number>();
  for (const { ended } of hour)
    for (const [how, count] of Object.entries(ended))
      counts.set(how, (counts.get(how) ?? 0) + count);
  return [...counts]
    .map(([how, count]) => {
      const [state = '', reason = ''] = how.split('/');
      return { state, reason, count };
    })
    .sort((a, b) => b.count - a.count);
}
