import type { JobsOptions } from 'bullmq';
import type { Log } from '../log.ts';
import { enqueueFailures } from '../metrics.ts';
import type { Envelope, InputOf, JobDefinition } from './define.ts';
import { type Queues, queueNamed } from './queues.ts';

export interface EnqueueOptions {
  delayMs?: number;
  /** The HTTP request or socket event that this work goes back to. */
  requestId?: string | undefined;
  /** A second job with a kept id is ignored. Without `:`, and not a bare number. */
  jobId?: string;
}

export type Enqueue = <Job extends JobDefinition>(
  job: Job,
  payload: InputOf<Job>,
  options?: EnqueueOptions,
) => Promise<void>;

/**
 * Add a job. The payload is parsed here, and again by the worker: what a queue holds was written by
 * another process, perhaps of another version.
 * @throws {ZodError} for a payload that is not the job's · the connection's error when Redis is away
 */
export function createEnqueue(queues: Queues): Enqueue {
  return async (job, payload, { delayMs, requestId, jobId } = {}) => {
    const parsed = job.payload.parse(payload);
    const envelope: Envelope = { payload: parsed, ...(requestId ? { requestId } : {}) };
    await queueNamed(queues, job.queue).add(job.name, envelope, {
      ...retry(job),
      ...(delayMs ? { delay: delayMs } : {}),
      ...(jobId ? { jobId } : {}),
      ...(job.key
        ? { deduplication: { id: `${job.name}/${job.key(parsed)}`, keepLastIfActive: true } }
        : {}),
    });
  };
}

/** Enqueue as a tryEnqueue: the work is committed, a failed wake-up is counted and left to the sweep. */
export function createTryEnqueue(
  enqueue: Enqueue,
  log: Log,
  onLost: (job: JobDefinition) => void = () => {},
): Enqueue {
  return async (job, payload, options) => {
    try {
      await enqueue(job, payload, options);
    } catch (error) {
      enqueueFailures.inc({ job: job.name });
      log.debug({ err: error, job: job.name }, 'wake-up lost; its sweep will find the work');
      onLost(job);
    }
  };
}

function retry({ options }: JobDefinition): JobsOptions {
  const { attempts, backoffMs } = options;
  if (!backoffMs) return { attempts };
  return { attempts, backoff: { type: 'exponential', delay: backoffMs, jitter: 0.5 } };
}
