import { listInstances, redisNow } from '../db/presence/instances.ts';
import { queueStats } from '../jobs/queue-stats.ts';
import { beforeScrape, leases, queueJobs, queueOldestSeconds } from '../metrics.ts';
import type { AdminDeps } from './deps.ts';
import { domains } from './domains.ts';
import { cached } from './overview/cached.ts';
import type { PanelDeps } from './panel.ts';

type Deps = PanelDeps & Pick<AdminDeps, 'queues' | 'log'>;

/** Several scrapes within this time share one measurement. */
const FRESH_MS = 1_000;

/**
 * Measures gauges of the entire installation. Only the admin process exports them: if every server and
 * worker did, a sum over all processes would count them several times. Returns a function that stops it.
 */
export function watchFleet(deps: Deps): () => void {
  const { redis, queues, log } = deps;
  const parts = [
    () => measureQueues(queues, redis),
    () => measureLeases(redis),
    ...domains.map((domain) => async () => domain.measure?.(deps)),
  ];
  // When a store is down, its gauges keep their last value; `foyer_store_up` shows that they are stale.
  const sample = cached(FRESH_MS, () =>
    Promise.all(
      parts.map((measure) =>
        measure().catch((error) => log.debug({ err: error }, 'nothing measured for this scrape')),
      ),
    ),
  );
  beforeScrape.add(sample);
  return () => void beforeScrape.delete(sample);
}

const STATES = ['waiting', 'active', 'delayed', 'failed', 'completed'] as const;

async function measureQueues(queues: Deps['queues'], redis: Deps['redis']): Promise<void> {
  for (const row of await queueStats(queues, await redisNow(redis))) {
    const { queue } = row;
    for (const state of STATES) queueJobs.set({ queue, state }, row[state]);
    queueOldestSeconds.set({ queue }, row.oldestSeconds ?? 0);
  }
}

async function measureLeases(redis: Deps['redis']): Promise<void> {
  const instances = await listInstances(redis);
  const live = instances.filter(({ leaseMs }) => leaseMs > 0).length;
  leases.set({ state: 'live' }, live);
  leases.set({ state: 'expired' }, instances.length - live);
}
