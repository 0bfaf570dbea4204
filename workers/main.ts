import { bounds, type Config } from '../config.ts';
import { absenceSets } from '../db/domains.ts';
import { openDb } from '../db/knex.ts';
import { observeUsersWithLiveState } from '../db/presence/absence/absences.ts';
import { whereAre } from '../db/presence/directory.ts';
import { reapInstances } from '../db/presence/leases.ts';
import { startWatchdog } from '../db/presence/watchdog.ts';
import { createPublisher, createPush } from '../db/realtime/publish.ts';
import { closeRedis, openRedis, type RedisClient } from '../db/redis.ts';
import { createSealer } from '../db/sealer.ts';
import { watchStores } from '../db/store-stats.ts';
import { untilReady } from '../db/until-ready.ts';
import { enqueueFanOut } from '../effects/integrations/enqueue-fan-out.ts';
import { openMetricsPort } from '../http/metrics-listener.ts';
import { createEnqueue, createTryEnqueue } from '../jobs/enqueue.ts';
import { servedQueues } from '../jobs/queue-names.ts';
import { openQueues, type Queues } from '../jobs/queues.ts';
import { schedulesFor, stoppedSchedules, upsertSchedules } from '../jobs/schedules.ts';
import { createLifecycle, exitOnSignals, type Lifecycle } from '../lifecycle.ts';
import { createLog, type Log } from '../log.ts';
import { collectProcessMetrics } from '../metrics.ts';
import type { WorkerDeps } from './deps.ts';
import { processors, restoreDomains } from './domains.ts';
import { createPostToOutside } from './integrations/outside-request.ts';
import { runWorker } from './run.ts';

/** How long a job waits for a connection. Nobody waits for the job, so this is long. */
const ACQUIRE_MS = 10_000;

/** Starts one worker process. Its parts are built from top to bottom and stopped in the reverse order. */
export async function startWorker(config: Config): Promise<Lifecycle> {
  const log = createLog('worker', config.LOG_LEVEL);
  const lifecycle = createLifecycle(log, bounds.shutdownSeconds * 1000);
  exitOnSignals(lifecycle, log);
  collectProcessMetrics();

  const db = openDb(config, { acquireMs: ACQUIRE_MS, byKey: true });
  const redis = openRedis('patient', { url: config.REDIS_URL, log });
  const blocking = openRedis('worker', { url: config.REDIS_URL, log });
  await untilReady({ db, redis, log });
  const stopWatching = watchStores({ db, redis });

  const queues = openQueues(redis as never, log);
  const enqueue = createEnqueue(queues);
  const tryEnqueue = createTryEnqueue(enqueue, log);
  const onLost = (error: unknown) => log.debug({ err: error }, 'push lost');
  const push = createPush(createPublisher({ redis, whereAre, onLost }));
  const sealer = createSealer(config.encryptionKeys);
  const postToOutside = createPostToOutside({ allowPrivate: config.WEBHOOK_ALLOW_PRIVATE });
  const deps: WorkerDeps = {
    ...{ config, db, redis, enqueue, tryEnqueue, push, sealer, postToOutside },
  };
  enqueueFanOut(db, tryEnqueue);

  const running = servedQueues(config.WORKER_DOMAINS).map((queue) => {
    const connection = blocking as never;
    const concurrency = config.WORKER_CONCURRENCY;
    return runWorker({ queue, connection, concurrency, deps, processors, log });
  });
  const watchdog = watch(config, { redis, log, queues, deps });
  const place = { port: config.WORKER_METRICS_PORT, host: config.host };
  const closeMetrics = await openMetricsPort({
    ...{ config, log },
    place: { ...place, variable: 'WORKER_METRICS_PORT' },
  });

  lifecycle.onShutdown('watchdog', () => watchdog.stop());
  lifecycle.onShutdown('workers', () => Promise.all(running.map((worker) => worker.close())));
  lifecycle.onShutdown('outside', () => postToOutside.close());
  lifecycle.onShutdown('queues', () => Promise.all(Object.values(queues).map((q) => q.close())));
  lifecycle.onShutdown('stats', stopWatching);
  lifecycle.onShutdown('metrics', closeMetrics);
  lifecycle.onShutdown('postgresql', () => db.destroy());
  lifecycle.onShutdown('redis', () => [redis, blocking].forEach(closeRedis));
  await watchdog.poll();
  log.info({ queues: running.map(({ name }) => name) }, 'worker is ready');
  process.send?.('ready');
  return lifecycle;
}

interface Watched {
  redis: RedisClient;
  log: Log;
  queues: Queues;
  deps: WorkerDeps;
}

/** Workers restore schedules, index and absences; every poll reaps instances and finds stopped schedules. */
function watch(config: Config, { redis, log, queues, deps }: Watched) {
  const schedules = schedulesFor(config);
  return startWatchdog({
    redis,
    log,
    onNewEpoch: async () => {
      await upsertSchedules(queues, schedules);
      await restoreDomains(deps);
      await observeUsersWithLiveState(deps, absenceSets);
    },
    onPoll: async ({ nowMs }) => {
      await reapInstances(redis, absenceSets);
      const stopped = await stoppedSchedules(queues, schedules, nowMs);
      if (stopped.length === 0) return;
      log.warn({ jobs: stopped.map(({ job }) => job.name) }, 'schedules had stopped');
      await upsertSchedules(queues, stopped);
    },
  });
}
