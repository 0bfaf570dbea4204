import { type DomainName, domains } from './domains.ts';

/** Queues that every worker serves: sweeps, and calls to the outside. */
export const SHARED_QUEUES = ['maintenance', 'integrations'] as const;

export type QueueName = DomainName | (typeof SHARED_QUEUES)[number];

/** One queue a domain, and the shared ones. */
export const queueNames: readonly QueueName[] = [
  ...new Set<QueueName>([...(Object.keys(domains) as DomainName[]), ...SHARED_QUEUES]),
];
