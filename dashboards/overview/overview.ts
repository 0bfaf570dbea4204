import { type AccountStats, accountStats } from '../../db/accounts/account-stats.ts';
import type { TimeSeriesPoint } from '../../db/matchmaking/stats/time-series.ts';
import {
  type EpochStats,
  type Instance,
  listInstances,
  readEpoch,
  redisNow,
} from '../../db/presence/instances.ts';
import {
  type PostgresStats,
  poolUse,
  postgresStats,
  type RedisStats,
  redisStats,
} from '../../db/store-stats.ts';
import { type FailedJob, listFailed } from '../../jobs/failed-jobs.ts';
import { type QueueStats, queueStats } from '../../jobs/queue-stats.ts';
import { release } from '../../release.ts';
import type { AdminDeps } from '../deps.ts';
import { redactText } from '../redact.ts';
import { cached } from './cached.ts';
import { type Matchmaking, readMatchmaking } from './matchmaking.ts';
import { findProblems, type Problem } from './problems.ts';
import { type Sweep, sweepStats } from './sweeps.ts';
import { createTimeSeries } from './time-series.ts';

/** The data of the page. A part is null while its store does not respond. */
export interface Stats {
  at: string;
  version: string;
  matchmaking: Matchmaking | null;
  minutes: TimeSeriesPoint[] | null;
  accounts: AccountStats | null;
  queues: QueueStats[] | null;
  sweeps: Sweep[] | null;
  failed: FailedJob[] | null;
  fleet: { instances: Instance[]; epoch: EpochStats | null } | null;
  stores: {
    postgresql: PostgresStats | null;
    redis: RedisStats | null;
    pool: Record<string, number>;
  };
}
export type Overview = Stats & { problems: Problem[] };

/** The page polls every two seconds. Expensive stats are read less often. */
const LIVE_MS = 1_000;
const SLOW_MS = 10_000;
const NEWEST_FAILURES = 8;

type Deps = Pick<AdminDeps, 'config' | 'db' | 'redis' | 'queues' | 'log'>;

/** The data of `/admin`, collected at most once a second for all callers. */
export function createOverview(deps: Deps): () => Promise<Overview> {
  const { config, db, redis, queues, log } = deps;
  const minutes = cached(SLOW_MS, createTimeSeries(deps));
  const accounts = cached(SLOW_MS, () => accountStats(db));
  const failed = cached(LIVE_MS, async () =>
    (await listFailed(queues, '', NEWEST_FAILURES)).map((job) => ({
      ...job,
      reason: redactText(job.reason),
    })),
  );
  const matchmaking = readMatchmaking(deps, minutes);
  /** When a store is unavailable, only its part of the page is missing. */
  const part = async <T>(name: string, ask: () => Promise<T>): Promise<T | null> => {
    try {
      return await ask();
    } catch (error) {
      log.debug({ err: error, part: name }, 'no stats');
      return null;
    }
  };

  const collect = async (): Promise<Overview> => {
    const nowMs = await part('clock', () => redisNow(redis));
    const now = nowMs ?? Date.now();
    const [matching, hour, people, queueRows, sweeps, failures, fleet, postgresql, redisRow] =
      await Promise.all([
        part('matchmaking', matchmaking),
        part('minutes', minutes),
        part('accounts', accounts),
        part('queues', () => queueStats(queues, now)),
        part('sweeps', () => sweepStats(config, redis, now)),
        part('failed', failed),
        part('fleet', async () => ({
          instances: await listInstances(redis),
          epoch: await readEpoch(redis),
        })),
        part('postgresql', () => postgresStats(db)),
        part('redis', () => redisStats(redis)),
      ]);
    const stats: Stats = {
      at: new Date(now).toISOString(),
      version: release.version,
      matchmaking: matching,
      minutes: hour,
      accounts: people,
      queues: queueRows,
      sweeps,
      failed: failures,
      fleet,
      stores: { postgresql, redis: redisRow, pool: poolUse(db) },
    };
    return { ...stats, problems: findProblems(stats) };
  };
  return cached(LIVE_MS, collect);
}
