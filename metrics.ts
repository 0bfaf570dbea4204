import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** One registry per process. Labels are bounded: they hold our own names, never ids of users. */
export const registry = new Registry();

export const collectProcessMetrics = () => collectDefaultMetrics({ register: registry });

/** Measurements that run on each scrape. Each one limits its own duration and never throws. */
export const beforeScrape = new Set<() => Promise<unknown> | unknown>();

/** All metrics in the Prometheus text format. */
export async function scrape(): Promise<string> {
  await Promise.all([...beforeScrape].map((sample) => sample()));
  return registry.metrics();
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export const httpSeconds = new Histogram({
  name: 'foyer_http_request_seconds',
  help: 'Duration of HTTP requests in seconds.',
  labelNames: ['method', 'route', 'status'],
  buckets: SECONDS,
  registers: [registry],
});
export const socketEventSeconds = new Histogram({
  name: 'foyer_socket_event_seconds',
  help: 'Duration of socket events in seconds, from receipt to ack.',
  labelNames: ['event', 'outcome'],
  buckets: SECONDS,
  registers: [registry],
});
export const socketsConnected = new Gauge({
  name: 'foyer_sockets_connected',
  help: 'Sockets connected to this instance.',
  labelNames: ['namespace'],
  registers: [registry],
});
export const socketsCut = new Counter({
  name: 'foyer_sockets_cut_total',
  help: 'Connections that this instance ended, by reason.',
  labelNames: ['reason'],
  registers: [registry],
});
export const connectionsRefused = new Counter({
  name: 'foyer_connections_refused_total',
  help: 'Connections refused before the upgrade.',
  labelNames: ['reason'],
  registers: [registry],
});
export const jobWaitSeconds = new Histogram({
  name: 'foyer_job_wait_seconds',
  help: 'Time that jobs waited for a worker in seconds, not counting their delay.',
  labelNames: ['job'],
  buckets: SECONDS,
  registers: [registry],
});
export const jobRunSeconds = new Histogram({
  name: 'foyer_job_run_seconds',
  help: 'Run time of processors in seconds.',
  labelNames: ['job', 'outcome'],
  buckets: SECONDS,
  registers: [registry],
});
export const jobsStalled = new Counter({
  name: 'foyer_jobs_stalled_total',
  help: 'Jobs that another worker took over because their worker lost its lock.',
  labelNames: ['queue'],
  registers: [registry],
});
export const enqueueFailures = new Counter({
  name: 'foyer_enqueue_failures_total',
  help: 'Best-effort enqueues that failed; a sweep finds their work later.',
  labelNames: ['job'],
  registers: [registry],
});
export const webhookAttempts = new Counter({
  name: 'foyer_webhook_attempts_total',
  help: 'Requests to receivers of webhooks, by outcome.',
  labelNames: ['outcome'],
  registers: [registry],
});
export const sweepRepairs = new Counter({
  name: 'foyer_sweep_repairs_total',
  help: 'Rows or index entries that a sweep repaired.',
  labelNames: ['sweep'],
  registers: [registry],
});
export const sweepLastRun = new Gauge({
  name: 'foyer_sweep_last_run_timestamp_seconds',
  help: 'Unix time at which a sweep last finished.',
  labelNames: ['sweep'],
  registers: [registry],
});
export const groupCommitItems = new Histogram({
  name: 'foyer_group_commit_items',
  help: 'Items per group commit.',
  labelNames: ['group'],
  buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
  registers: [registry],
});
export const epochChanges = new Counter({
  name: 'foyer_epoch_changes_total',
  help: 'Changes of the Redis epoch that this process observed, for example after FLUSHALL.',
  registers: [registry],
});
export const storeUp = new Gauge({
  name: 'foyer_store_up',
  help: '1 if the store responded at this scrape, otherwise 0.',
  labelNames: ['store'],
  registers: [registry],
});
export const storePingSeconds = new Gauge({
  name: 'foyer_store_ping_seconds',
  help: 'Time that a store took to respond at this scrape, in seconds.',
  labelNames: ['store'],
  registers: [registry],
});
export const poolConnections = new Gauge({
  name: 'foyer_postgresql_pool_connections',
  help: 'PostgreSQL connections of this process, and statements waiting for a connection.',
  labelNames: ['state'],
  registers: [registry],
});
export const presencePeople = new Gauge({
  name: 'foyer_presence_people',
  help: 'People connected to this instance.',
  registers: [registry],
});
export const leases = new Gauge({
  name: 'foyer_leases',
  help: 'Leases of server instances, live or expired.',
  labelNames: ['state'],
  registers: [registry],
});
export const queueJobs = new Gauge({
  name: 'foyer_queue_jobs',
  help: 'Jobs per queue and state.',
  labelNames: ['queue', 'state'],
  registers: [registry],
});
export const queueOldestSeconds = new Gauge({
  name: 'foyer_queue_oldest_seconds',
  help: 'Wait of the oldest waiting job of a queue in seconds, not counting its delay; 0 if none is waiting.',
  labelNames: ['queue'],
  registers: [registry],
});
