import type { z } from 'zod';

/** Queues: one a domain, `integrations` for calls to the outside, `maintenance` for sweeps. */
export const queueNames = ['accounts', 'matchmaking', 'integrations', 'maintenance'] as const;
export type QueueName = (typeof queueNames)[number];

export interface RetryPolicy {
  /** How often it may run in all. Passes have 1: their sweep is their retry. */
  attempts: number;
  /** First delay of an exponential back-off with jitter. */
  backoffMs?: number;
}

export interface JobDefinition<
  Name extends string = string,
  Payload extends z.ZodType = z.ZodType,
> {
  /** `<domain>.<job>`: a literal, permanent, because queues outlive deploys. */
  name: Name;
  queue: QueueName;
  payload: Payload;
  options: RetryPolicy;
  /**
   * Coalesce by this key: at most one active and one waiting job of a key, the last data wins. For
   * passes, which read the tables and not their payload.
   */
  key?: (payload: z.output<Payload>) => string;
}

export const defineJob = <const Name extends string, Payload extends z.ZodType>(
  definition: JobDefinition<Name, Payload>,
): JobDefinition<Name, Payload> => definition;

export type PayloadOf<Job> = Job extends JobDefinition<string, infer P> ? z.output<P> : never;
export type InputOf<Job> = Job extends JobDefinition<string, infer P> ? z.input<P> : never;

/** What stands in Redis: the payload, and the request that it goes back to. */
export interface Envelope {
  payload: unknown;
  requestId?: string;
}

/** A periodic job: found again from the tables, under a deduplication of its own. */
export interface SweepDefinition<Job extends JobDefinition = JobDefinition> {
  job: Job;
  payload: InputOf<Job>;
  everySeconds: number;
}
