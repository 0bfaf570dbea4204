import { type QueueName, queueNames } from './queue-names.ts';
import type { Queues } from './queues.ts';

export interface QueueStats {
  queue: QueueName;
  waiting: number;
  active: number;
  delayed: number;
  failed: number;
  completed: number;
  /** The wait of the oldest waiting job in seconds, not counting its delay; null if none is waiting. */
  oldestSeconds: number | null;
  isPaused: boolean;
}

/** The stats of every queue. Takes a few commands per queue, whose cost does not grow with the queue. */
export const queueStats = (queues: Queues, nowMs: number): Promise<QueueStats[]> =>
  Promise.all(queueNames.map((name) => statsOf(queues, name, nowMs)));

async function statsOf(queues: Queues, name: QueueName, nowMs: number): Promise<QueueStats> {
  const queue = queues[name];
  const [counts, [oldest], isPaused] = await Promise.all([
    queue.getJobCounts('wait', 'prioritized', 'active', 'delayed', 'failed', 'completed'),
    queue.getJobs(['wait'], 0, 0, true),
    queue.isPaused(),
  ]);
  const due = oldest && oldest.timestamp + (oldest.opts.delay ?? 0);
  return {
    queue: name,
    waiting: (counts['wait'] ?? 0) + (counts['prioritized'] ?? 0),
    active: counts['active'] ?? 0,
    delayed: counts['delayed'] ?? 0,
    failed: counts['failed'] ?? 0,
    completed: counts['completed'] ?? 0,
    oldestSeconds: due === undefined ? null : Math.max(0, Math.round((nowMs - due) / 100) / 10),
    isPaused,
  };
}
