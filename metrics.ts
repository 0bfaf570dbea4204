import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** One registry a process. Labels are bounded: names of ours, never ids of theirs. */
export const registry = new Registry();

export const collectProcessMetrics = () => collectDefaultMetrics({ register: registry });

/** What is asked of the stores when somebody scrapes. Each bounds its own time, and none may throw. */
export const beforeScrape = new Set<() => Promise<unknown> | unknown>();

/** Everything in Prometheus' text form. */
export async function scrape(): Promise<string> {
  await Promise.all([...beforeScrape].map((sample) => sample()));
  return registry.metrics();
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export const httpSeconds = new Histogram({
  name: 'foyer_http_request_seconds',
  help: 'Time to answer an HTTP request.',
  labelNames: ['method', 'route', 'status'],
  buckets: SECONDS,
  registers: [registry],
});
export const socketEventSeconds = new Histogram({
  name: 'foyer_socket_event_seconds',
  help: 'Time to answer a socket event.',
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
  help: 'Time a job waited, beyond its delay, before a worker took it.',
  labelNames: ['job'],
  buckets: SECONDS,
  registers: [registry],
});
export const jobRunSeconds = new Histogram({
  name: 'foyer_job_run_seconds',
  help: 'Time a processor ran.',
  labelNames: ['job', 'outcome'],
  buckets: SECONDS,
  registers: [registry],
});
export const jobsStalled = new Counter({
  name: 'foyer_jobs_stalled_total',
  help: 'Jobs taken over from a worker that lost its lock.',
  labelNames: ['queue'],
  registers: [registry],
});
export const enqueueFailures = new Counter({
  name: 'foyer_enqueue_failures_total',
  help: 'Wake-ups that Redis did not take; a sweep finds their work again.',
  labelNames: ['job'],
  registers: [registry],
});
export const sweepRepairs = new Counter({
  name: 'foyer_sweep_repairs_total',
  help: 'Rows or entries that a sweep had to mend.',
  labelNames: ['sweep'],
  registers: [registry],
});
export const sweepLastRun = new Gauge({
  name: 'foyer_sweep_last_run_timestamp_seconds',
  help: 'When a sweep last ended.',
  labelNames: ['sweep'],
  registers: [registry],
});
export const groupCommitItems = new Histogram({
  name: 'foyer_group_commit_items',
  help: 'Items written by one group commit.',
  labelNames: ['group'],
  buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
  registers: [registry],
});
export const epochChanges = new Counter({
  name: 'foyer_epoch_changes_total',
  help: 'Times the Redis epoch was seen to change, as after FLUSHALL.',
  registers: [registry],
});
export const storeUp = new Gauge({
  name: 'foyer_store_up',
  help: 'Whether a store answered at this scrape.',
  labelNames: ['store'],
  registers: [registry],
});
export const storePingSeconds = new Gauge({
  name: 'foyer_store_ping_seconds',
  help: 'How long a store took to answer at this scrape.',
  labelNames: ['store'],
  registers: [registry],
});
export const poolConnections = new Gauge({
  name: 'foyer_postgresql_pool_connections',
  help: 'Connections of this process to PostgreSQL, and statements that wait for one.',
  labelNames: ['state'],
  registers: [registry],
});
export const presencePeople = new Gauge({
  name: 'foyer_presence_people',
  help: 'People whom this instance lists as connected.',
  registers: [registry],
});
export const leases = new Gauge({
  name: 'foyer_leases',
  help: 'Leases of instances, by whether they still run.',
  labelNames: ['state'],
  registers: [registry],
});
export const queueJobs = new Gauge({
  name: 'foyer_queue_jobs',
  help: 'Jobs of a queue by state.',
  labelNames: ['queue', 'state'],
  registers: [registry],
});
export const queueOldestSeconds = new Gauge({
  name: 'foyer_queue_oldest_seconds',
  help: 'How long the oldest waiting job of a queue has waited beyond its delay; 0 when none waits.',
  labelNames: ['queue'],
  registers: [registry],
});
export const matchWaiting = new Gauge({
  name: 'foyer_match_waiting',
  help: 'People who wait for a match, in all pools.',
  registers: [registry],
});
export const matchOldestSeconds = new Gauge({
  name: 'foyer_match_oldest_seconds',
  help: 'How long the longest waiting person has waited; 0 when nobody waits.',
  registers: [registry],
});
export const matchIndexDrift = new Gauge({
  name: 'foyer_match_index_drift',
  help: 'Rows that wait and are not indexed, and entries without a row, over all pools.',
  registers: [registry],
});
export const sessionsLive = new Gauge({
  name: 'foyer_sessions_live',
  help: 'Sessions that have not ended, by state.',
  labelNames: ['state'],
  registers: [registry],
});
