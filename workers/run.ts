import { type Job, UnrecoverableError, Worker } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { bounds } from '../config.ts';
import { recordSweep } from '../db/maintenance/sweeps.ts';
import { GiveUp } from '../errors.ts';
import { catalogue, type JobName } from '../jobs/catalogue.ts';
import type { Envelope } from '../jobs/define.ts';
import { OUTSIDE_QUEUE, type QueueName } from '../jobs/queue-names.ts';
import { queuePrefix } from '../jobs/queues.ts';
import type { Log } from '../log.ts';
import {
  jobRunSeconds,
  jobsStalled,
  jobWaitSeconds,
  sweepLastRun,
  sweepRepairs,
} from '../metrics.ts';
import type { JobContext, Processors, WorkerDeps } from './deps.ts';

/**
 * The job of a killed worker is taken over after at most lock plus check time. A job that outlives its lock
 * runs twice. Every processor tolerates that, because its writes are conditional on state and version.
 */
const TAKE_OVER = { lockDuration: 5_000, stalledInterval: 2_000, maxStalledCount: 3 };
const RETENTION = {
  removeOnComplete: { age: 3600, count: 1000 },
  removeOnFail: { age: 7 * 24 * 3600, count: 5000 },
};

interface Options {
  queue: QueueName;
  connection: Redis | Cluster;
  /** Jobs at the same time. Calls to the outside have at least `outsideJobs`: slow receivers keep no other waiting. */
  concurrency: number;
  deps: WorkerDeps;
  processors: Processors;
  log: Log;
}

/** Starts a worker for one queue. `close()` waits for its active jobs. */
export function runWorker(options: Options): Worker {
  const { queue, connection, concurrency, log } = options;
  const worker = new Worker(queue, (job) => runJob(job, options), {
    connection,
    prefix: queuePrefix(queue),
    concurrency: queue === OUTSIDE_QUEUE ? Math.max(concurrency, bounds.outsideJobs) : concurrency,
    ...TAKE_OVER,
    ...RETENTION,
  });
  worker.on('error', (error) => log.debug({ err: error, queue }, 'worker'));
  worker.on('stalled', (jobId) => {
    jobsStalled.inc({ queue });
    log.warn({ job_id: jobId, queue }, 'took over a stalled job');
  });
  worker.on('failed', (job, error) =>
    log.error(
      { err: error, job: job?.name, job_id: job?.id, attempts: job?.attemptsMade },
      'job failed',
    ),
  );
  return worker;
}

async function runJob(job: Job, { deps, processors, log }: Options): Promise<void> {
  const name = job.name as JobName;
  const definition = catalogue[name];
  if (!definition) throw new UnrecoverableError(`unknown job: ${job.name}`);
  const { payload, requestId } = job.data as Envelope;
  const parsed = definition.payload.safeParse(payload);
  if (!parsed.success) throw new UnrecoverableError(`invalid payload for ${name}`);
  jobWaitSeconds.observe({ job: name }, Math.max(0, waitedMs(job)) / 1000);

  let repaired = 0;
  let lastLine = '';
  const context: JobContext = {
    ...deps,
    requestId,
    log: log.child({ job: name, job_id: job.id, request_id: requestId }),
    report: (line, repairs = 0) => {
      if (repairs > 0) sweepRepairs.inc({ sweep: name }, repairs);
      repaired += repairs;
      lastLine = line;
      job.log(line).catch(() => {});
    },
  };
  const isSweep = definition.queue === 'maintenance';
  /** Records a run for the operator pages. A failure to record it does not fail the sweep. */
  const note = (durationS: number, outcome: 'done' | 'failed', line: string) =>
    recordSweep(deps.redis, name, {
      durationMs: durationS * 1000,
      repairs: repaired,
      outcome,
      line,
    }).catch((error) => log.debug({ err: error, job: name }, 'failed to record a sweep run'));
  const end = jobRunSeconds.startTimer({ job: name });
  try {
    const run = processors[name] as (payload: unknown, context: JobContext) => Promise<void>;
    await run(parsed.data, context);
    const seconds = end({ outcome: 'done' });
    if (isSweep) sweepLastRun.setToCurrentTime({ sweep: name });
    if (isSweep) await note(seconds, 'done', lastLine);
  } catch (error) {
    const seconds = end({ outcome: 'failed' });
    if (isSweep) await note(seconds, 'failed', (error as Error).message);
    throw error instanceof GiveUp ? new UnrecoverableError(error.message) : error;
  }
}

const waitedMs = (job: Job) =>
  (job.processedOn ?? job.timestamp) - job.timestamp - (job.delay ?? 0);
