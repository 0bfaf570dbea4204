import { listInstances, readEpoch, redisNow } from '../../db/presence/instances.ts';
import { poolUse, postgresStats, redisStats } from '../../db/store-stats.ts';
import { listFailed } from '../../jobs/failed-jobs.ts';
import { queueStats } from '../../jobs/queue-stats.ts';
import { release } from '../../release.ts';
import type { AdminDeps } from '../deps.ts';
import { domains } from '../domains.ts';
import { redactText } from '../redact.ts';
import { cached } from './cached.ts';
import { openPanels } from './panels.ts';
import { findProblems, worstFirst } from './problems.ts';
import type { Overview, Stats } from './stats.ts';
import { sweepStats } from './sweeps.ts';

/** The page asks every two seconds. */
const LIVE_MS = 1_000;
const NEWEST_FAILURES = 8;

type Deps = Pick<AdminDeps, 'config' | 'db' | 'redis' | 'queues' | 'log'>;

/** The data of `/admin`, collected at most once a second for all callers. */
export function createOverview(deps: Deps): () => Promise<Overview> {
  const { config, db, redis, queues, log } = deps;
  const failed = cached(LIVE_MS, async () =>
    (await listFailed(queues, '', NEWEST_FAILURES)).map((job) => ({
      ...job,
      reason: redactText(job.reason),
    })),
  );
  /** While a store is unavailable its part of the page is missing, and the rest stays. */
  const part = async <T>(name: string, ask: () => Promise<T>): Promise<T | null> => {
    try {
      return await ask();
    } catch (error) {
      log.debug({ err: error, part: name }, 'no stats');
      return null;
    }
  };
  const readPanels = openPanels(domains, deps, part);

  const collect = async (): Promise<Overview> => {
    const nowMs = await part('clock', () => redisNow(redis));
    const now = nowMs ?? Date.now();
    const [panels, queueRows, sweeps, failures, fleet, postgresql, redisRow] = await Promise.all([
      readPanels(),
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
      panels: panels.data,
      queues: queueRows,
      sweeps,
      failed: failures,
      fleet,
      stores: { postgresql, redis: redisRow, pool: poolUse(db) },
    };
    return { ...stats, problems: worstFirst([...findProblems(stats), ...panels.problems]) };
  };
  return cached(LIVE_MS, collect);
}
