import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bounds, type Config } from '../config.ts';
import { openDb } from '../db/knex.ts';
import { createLimiter, enforce } from '../db/rate-limiter.ts';
import { closeRedis, openRedis } from '../db/redis.ts';
import { watchStores } from '../db/store-stats.ts';
import { untilReady } from '../db/until-ready.ts';
import { createDrain, listen } from '../http/listen.ts';
import { openQueues } from '../jobs/queues.ts';
import { createLifecycle, exitOnSignals, type Lifecycle } from '../lifecycle.ts';
import { createLog } from '../log.ts';
import { collectProcessMetrics } from '../metrics.ts';
import { createAdminApp } from './app.ts';
import type { AdminDeps } from './deps.ts';
import { watchFleet } from './fleet-metrics.ts';
import { createOverview } from './overview/overview.ts';

const LOGIN_RATE = { points: 5, seconds: 60 };
/** Requests that take longer than this to arrive are rejected. */
const REQUEST_MS = 15_000;

export interface RunningAdmin {
  lifecycle: Lifecycle;
  port: number;
}

/** Starts one admin process. Shutdown runs in reverse order. */
export async function startAdmin(config: Config): Promise<RunningAdmin> {
  const log = createLog('admin', config.LOG_LEVEL);
  const lifecycle = createLifecycle(log, bounds.shutdownSeconds * 1000);
  exitOnSignals(lifecycle, log);
  collectProcessMetrics();
  const state = { stopping: false };

  const db = openDb(config);
  const redis = openRedis('command', { url: config.REDIS_URL, log });
  await untilReady({ db, redis, log });

  const queues = openQueues(redis as never, log);
  const askLogin = createLimiter('admin-login', LOGIN_RATE, redis);
  const base = { config, log, db, redis, queues, state };
  const deps: AdminDeps = {
    ...base,
    limitLogin: async (username, address) => {
      if (config.RATE_LIMITS === 'off') return;
      enforce(await askLogin(`${username.toLowerCase()}@${address}`));
    },
    overview: createOverview(base),
  };
  const httpServer = createServer({ requestTimeout: REQUEST_MS }, createAdminApp(deps));
  const drain = createDrain(httpServer);
  const stopWatching = watchStores({ db, redis });
  const stopFleet = watchFleet(base);

  lifecycle.onShutdown('readiness', () => {
    state.stopping = true;
  });
  lifecycle.onShutdown('http', drain);
  lifecycle.onShutdown('metrics', () => [stopWatching(), stopFleet()]);
  lifecycle.onShutdown('queues', () => Promise.all(Object.values(queues).map((q) => q.close())));
  lifecycle.onShutdown('postgresql', () => db.destroy());
  lifecycle.onShutdown('redis', () => closeRedis(redis));

  const { ADMIN_PORT, host } = config;
  await listen(httpServer, { port: ADMIN_PORT, host, variable: 'ADMIN_PORT' });
  const { port } = httpServer.address() as AddressInfo;
  log.info({ port }, 'admin is ready');
  process.send?.('ready');
  return { lifecycle, port };
}
