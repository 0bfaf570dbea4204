import { listInstances, redisNow } from '../db/presence/instances.ts';
import { queueStats } from '../jobs/queue-stats.ts';
import { beforeScrape, leases, queueJobs, queueOldestSeconds } from '../metrics.ts';
import type { AdminDeps } from './deps.ts';
import { domains } from './domains.ts';
import { cached } from './overview/cached.ts';
import type { PanelDeps } from './panel.ts';

type Deps = PanelDeps & Pick<AdminDeps, 'queues' | 'log'>;

/** Two Prometheus servers and a curious person ask no more than one. */
const FRESH_MS = 1_000;

/**
 * What is true of the whole installation, measured by the process of which there are few: with every
 * server and worker telling it, a sum over them would count it many times. Returns how to stop.
 */
export function watchFleet(deps: Deps): () => void {
  const { redis, queues, log } = deps;
  const parts = [
    () => measureQueues(queues, redis),
    () => measureLeases(redis),
    ...domains.map((domain) => async () => domain.measure?.(deps)),
  ];
  // A gauge of what cannot be asked keeps its last value; `foyer_store_up` says that it is old.
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
