import { type QueueName, queueNames } from './queue-names.ts';
import type { Queues } from './queues.ts';

export interface QueueStats {
  queue: QueueName;
  waiting: number;
  active: number;
  delayed: number;
  failed: number;
  completed: number;
  /** How long the oldest waiting job has waited beyond its delay; null when none waits. */
  oldestSeconds: number | null;
  isPaused: boolean;
}

/** Every queue at a glance: a handful of commands each, none of which grows with the queue. */
export const queueStats = (queues: Queues, nowMs: number): Promise<QueueStats[]> =>
  Promise.all(queueNames.map((name) => figuresOf(queues, name, nowMs)));

async function figuresOf(queues: Queues, name: QueueName, nowMs: number): Promise<QueueStats> {
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
