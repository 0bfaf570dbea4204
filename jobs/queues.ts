import { Queue } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import type { Log } from '../log.ts';
import { type QueueName, queueNames } from './queue-names.ts';

/** All keys of a queue share a slot, as a Redis Cluster needs. */
export const queuePrefix = (queue: string) => `{bull:${queue}}`;

/** Finished jobs are kept for Bull Board, bounded by age and number. */
const RETENTION = {
  removeOnComplete: { age: 3600, count: 1000 },
  removeOnFail: { age: 7 * 24 * 3600, count: 5000 },
};

export type Queues = Record<QueueName, Queue>;

/**
 * Producers fail fast: commands time out after half a second, and the connection recovers automatically.
 * The version check is skipped, because a failure at startup would disable the queue permanently.
 */
export function openQueues(connection: Redis | Cluster, log: Log): Queues {
  const open = (name: QueueName) => {
    const queue = new Queue(name, {
      connection,
      prefix: queuePrefix(name),
      skipWaitingForReady: true,
      skipVersionCheck: true,
      defaultJobOptions: RETENTION,
      streams: { events: { maxLen: 1000 } },
    });
    queue.on('error', (error) => log.debug({ err: error, queue: name }, 'queue'));
    return [name, queue] as const;
  };
  return Object.fromEntries(queueNames.map(open)) as Queues;
}

/** @throws {Error} when a job names a queue that does not exist: a fault of ours */
export function queueNamed(queues: Queues, name: string): Queue {
  const queue = (queues as Record<string, Queue | undefined>)[name];
  if (!queue) throw new Error(`there is no queue ${name}`);
  return queue;
}
