import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bounds, type Config } from '../config.ts';
import { absenceSets } from '../db/domains.ts';
import { openDb } from '../db/knex.ts';
import { whereAre } from '../db/presence/directory.ts';
import { watchPresence } from '../db/presence/instances.ts';
import { startWatchdog } from '../db/presence/watchdog.ts';
import { closeRedis, openRedis, type RedisClient } from '../db/redis.ts';
import { createSealer } from '../db/sealer.ts';
import { watchStores } from '../db/store-stats.ts';
import { untilReady } from '../db/until-ready.ts';
import { enqueueFanOut } from '../effects/integrations/enqueue-fan-out.ts';
import { createDrain, listen } from '../http/listen.ts';
import { openMetricsPort } from '../http/metrics-listener.ts';
import { metricsPage } from '../http/metrics-page.ts';
import { newId } from '../ids.ts';
import type { JobDefinition } from '../jobs/define.ts';
import { createEnqueue, createTryEnqueue } from '../jobs/enqueue.ts';
import { openQueues } from '../jobs/queues.ts';
import { createLifecycle, exitOnSignals, type Lifecycle } from '../lifecycle.ts';
import { createLog, type Log } from '../log.ts';
import { collectProcessMetrics } from '../metrics.ts';
import { createApp } from './app.ts';
import { createAuthenticator } from './auth.ts';
import type { ServerDeps } from './deps.ts';
import { createGateway } from './gateway/gateway.ts';
import { createPresence } from './gateway/people/presence.ts';
import { createConnectionLimits } from './limits/connection-limits.ts';
import { createRateLimits } from './limits/rate-limits.ts';
import { mountDomains } from './mount-domains.ts';
import { createBuiltPages } from './operations/built-pages.ts';
import { documentPages } from './operations/documents.ts';

/** A request body that takes longer than this to arrive is refused. */
const REQUEST_MS = 15_000;

export interface RunningServer {
  lifecycle: Lifecycle;
  port: number;
  instanceId: string;
}

/** Starts one server process. Its parts are built from top to bottom and stopped in the reverse order. */
export async function startServer(config: Config): Promise<RunningServer> {
  const log = createLog('server', config.LOG_LEVEL);
  const lifecycle = createLifecycle(log, bounds.shutdownSeconds * 1000);
  exitOnSignals(lifecycle, log);
  collectProcessMetrics();
  const state = { started: false, stopping: false };

  const db = openDb(config, { byKey: true });
  const connections = openConnections(config, log);
  const { redis, publisher, subscriber, revocations } = connections;
  await untilReady({ db, redis, log });

  const instanceId = newId();
  const stopWatching = watchStores({ db, redis });
  const stopCounting = watchPresence(redis, instanceId);
  const queues = openQueues(redis as never, log);
  const enqueue = createEnqueue(queues);
  /** Domains with a failed best-effort enqueue since the last poll. */
  let lostJobs = new Set<string>();
  const onLost = ({ name }: JobDefinition) => void lostJobs.add(name.split('.')[0] ?? '');
  const tryEnqueue = createTryEnqueue(enqueue, log, onLost);
  const sealer = createSealer(config.encryptionKeys);
  enqueueFanOut(db, tryEnqueue);
  const auth = createAuthenticator({ config, db, subscriber: revocations });
  const limits = createRateLimits({ config, redis });
  const base = {
    ...{ config, log, db, redis, enqueue, tryEnqueue, sealer, auth, limits, instanceId, state },
  };

  const presence = createPresence(base, {
    absences: absenceSets,
    onGone: () => domains.onGone(),
    onListedAgain: () => gateway.resync(),
  });
  const httpServer = createServer({ requestTimeout: REQUEST_MS });
  const drain = createDrain(httpServer);
  const gateway = createGateway({
    deps: base,
    httpServer,
    publisher,
    subscriber,
    revocations,
    limits: createConnectionLimits(config),
    presence,
    whereAre,
  });
  const { push, removeWatchers } = gateway;
  const deps: ServerDeps = { ...base, push, removeWatchers };
  const domains = mountDomains(deps);
  const built = createBuiltPages(config);
  const pages = [documentPages(config, built.tries), built.mount, metricsPage(config)];
  httpServer.on('request', createApp(deps, domains.routes, { pages }));
  gateway.open(domains.commands, domains.sendCurrentState, domains.subscriptions);

  const watchdog = startWatchdog({
    redis,
    log,
    onNewEpoch: () => presence.restore(),
    onPoll: async () => {
      await presence.renew();
      const lost = lostJobs;
      lostJobs = new Set();
      await domains.onPoll(lost);
    },
  });

  const metricsPlace = { port: config.SERVER_METRICS_PORT, host: config.host };
  const closeMetrics = await openMetricsPort({
    ...{ config, log },
    place: { ...metricsPlace, variable: 'SERVER_METRICS_PORT' },
  });

  lifecycle.onShutdown('readiness', () => {
    state.stopping = true;
  });
  lifecycle.onShutdown('http', drain);
  lifecycle.onShutdown('commits', () => domains.drain());
  lifecycle.onShutdown('sockets', () => gateway.close());
  // What came on sockets during the first drain, which waits only for what was there before it.
  lifecycle.onShutdown('last commits', () => domains.drain());
  lifecycle.onShutdown('watchdog', () => watchdog.stop());
  lifecycle.onShutdown('presence', () => presence.release());
  lifecycle.onShutdown('queues', () => Promise.all(Object.values(queues).map((q) => q.close())));
  lifecycle.onShutdown('stats', () => [stopWatching(), stopCounting()]);
  lifecycle.onShutdown('metrics', closeMetrics);
  lifecycle.onShutdown('postgresql', () => db.destroy());
  lifecycle.onShutdown('redis', () => Object.values(connections).forEach(closeRedis));

  await watchdog.poll();
  await listen(httpServer, { port: config.PORT, host: config.host, variable: 'PORT' });
  state.started = true;
  const { port } = httpServer.address() as AddressInfo;
  log.info({ port, instance: instanceId }, 'server is ready');
  process.send?.('ready');
  return { lifecycle, port, instanceId };
}

function openConnections(config: Config, log: Log): Record<ConnectionName, RedisClient> {
  const url = config.REDIS_URL;
  return {
    redis: openRedis('command', { url, log }),
    publisher: openRedis('command', { url, log }),
    subscriber: openRedis('subscriber', { url, log }),
    revocations: openRedis('subscriber', { url, log }),
  };
}
type ConnectionName = 'redis' | 'publisher' | 'subscriber' | 'revocations';
