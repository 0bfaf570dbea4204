import type { JobsOptions } from 'bullmq';
import type { Log } from '../log.ts';
import { enqueueFailures } from '../metrics.ts';
import type { Envelope, InputOf, JobDefinition } from './define.ts';
import { type Queues, queueNamed } from './queues.ts';

export interface EnqueueOptions {
  delayMs?: number;
  /** The id of the HTTP request or socket event that caused this job. */
  requestId?: string | undefined;
  /** A job with an id that already exists is ignored. Must not contain `:` or be a plain number. */
  jobId?: string;
}

export type Enqueue = <Job extends JobDefinition>(
  job: Job,
  payload: InputOf<Job>,
  options?: EnqueueOptions,
) => Promise<void>;

/**
 * Adds a job. The payload is parsed here and again by the worker, because another process, perhaps of
 * another version, wrote it.
 * @throws {ZodError} for an invalid payload; the connection error if Redis is unavailable
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

/** Enqueues after a commit. Never throws: a failure is counted, and the sweep finds the work. */
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
      log.debug({ err: error, job: job.name }, 'job not enqueued; its sweep will find the work');
      onLost(job);
    }
  };
}

function retry({ options }: JobDefinition): JobsOptions {
  const { attempts, backoffMs } = options;
  if (!backoffMs) return { attempts };
  return { attempts, backoff: { type: 'exponential', delay: backoffMs, jitter: 0.5 } };
}
