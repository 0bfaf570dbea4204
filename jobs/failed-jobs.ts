import type { Job } from 'bullmq';
import type { Envelope } from './define.ts';
import { type QueueName, queueNames } from './queue-names.ts';
import type { Queues } from './queues.ts';

/** The number of latest failures per queue that are searched. Bull Board shows the rest. */
const LOOKED_AT = 500;
const LOG_LINES = 200;

export interface FailedJob {
  queue: QueueName;
  id: string;
  name: string;
  failedAtMs: number | null;
  attempts: number;
  reason: string;
  requestId: string | null;
}

export interface FailedJobDetail extends FailedJob {
  createdAtMs: number;
  startedAtMs: number | null;
  payload: unknown;
  stack: string[];
  log: string[];
}

/** The latest failed jobs of all queues whose name, id, reason or request id contains the text. */
export async function listFailed(queues: Queues, text: string, limit: number) {
  const wanted = text.trim().toLowerCase();
  const lookedAt = wanted === '' ? limit : LOOKED_AT;
  const pages = await Promise.all(
    queueNames.map(async (queue) =>
      (await queues[queue].getFailed(0, lookedAt - 1)).flatMap((job) =>
        job ? [failedJob(queue, job)] : [],
      ),
    ),
  );
  return pages
    .flat()
    .filter((job) => wanted === '' || searched(job).includes(wanted))
    .sort((a, b) => (b.failedAtMs ?? 0) - (a.failedAtMs ?? 0))
    .slice(0, limit);
}

const searched = ({ queue, id, name, reason, requestId }: FailedJob) =>
  [queue, id, name, reason, requestId ?? ''].join(' ').toLowerCase();

const failedJob = (queue: QueueName, job: Job): FailedJob => ({
  queue,
  id: job.id ?? '',
  name: job.name,
  failedAtMs: job.finishedOn ?? null,
  attempts: job.attemptsMade,
  reason: job.failedReason ?? '',
  requestId: (job.data as Envelope | null)?.requestId ?? null,
});

/** Whether a name is that of one of our queues. */
export const isQueue = (name: string): name is QueueName =>
  queueNames.some((queue) => queue === name);

/** One failed job with its payload, stack and log; undefined if it does not exist or is not failed. */
export async function readFailed(
  queues: Queues,
  queue: QueueName,
  id: string,
): Promise<FailedJobDetail | undefined> {
  const job = await findFailed(queues, queue, id);
  if (!job) return undefined;
  const { logs } = await queues[queue].getJobLogs(id, 0, LOG_LINES - 1);
  return {
    ...failedJob(queue, job),
    createdAtMs: job.timestamp,
    startedAtMs: job.processedOn ?? null,
    payload: (job.data as Envelope | null)?.payload,
    stack: (job.stacktrace?.at(-1) ?? '').split('\n'),
    log: logs,
  };
}

/** Moves a failed job back to its queue. Returns false if it no longer exists or already runs again. */
export async function retryFailed(queues: Queues, queue: QueueName, id: string): Promise<boolean> {
  const job = await findFailed(queues, queue, id);
  if (!job) return false;
  try {
    await job.retry('failed');
    return true;
  } catch (error) {
    // BullMQ's error messages for a job that someone else has just retried or removed.
    if (/is not in the failed state|Missing key for job/i.test(String(error))) return false;
    throw error;
  }
}

async function findFailed(queues: Queues, queue: QueueName, id: string): Promise<Job | undefined> {
  const job = await queues[queue].getJob(id);
  return job && (await job.isFailed()) ? job : undefined;
}
