import { type DomainName, domains } from './domains.ts';

/** Calls to the outside. Its jobs wait most of the time, some of them for a receiver that never answers. */
export const OUTSIDE_QUEUE = 'integrations';

/** Queues that every worker serves: sweeps, and calls to the outside. */
export const SHARED_QUEUES = ['maintenance', OUTSIDE_QUEUE] as const;

/** Queues of the domains to come. Operators see them from the start; workers serve them as soon as they have jobs. */
export const PLANNED_QUEUES = ['votes', 'messaging'] as const;

export type QueueName =
  | DomainName
  | (typeof SHARED_QUEUES)[number]
  | (typeof PLANNED_QUEUES)[number];

/** One queue a domain, and the shared ones. */
export const queueNames: readonly QueueName[] = [
  ...new Set<QueueName>([
    ...(Object.keys(domains) as DomainName[]),
    ...PLANNED_QUEUES,
    ...SHARED_QUEUES,
  ]),
];

/**
 * The queues that this program has jobs for, of these domains or of all, and the shared ones. A worker
 * that served a queue without knowing its jobs would fail those of a newer release.
 */
export const servedQueues = (chosen: readonly string[]): QueueName[] =>
  queueNames.filter(
    (queue) =>
      SHARED_QUEUES.some((shared) => shared === queue) ||
      (queue in domains && (chosen.length === 0 || chosen.includes(queue))),
  );
