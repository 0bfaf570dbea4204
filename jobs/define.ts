import type { z } from 'zod';

/** The queues: one per domain, `integrations` for calls to external services, `maintenance` for sweeps. */
export const queueNames = ['accounts', 'matchmaking', 'integrations', 'maintenance'] as const;
export type QueueName = (typeof queueNames)[number];

export interface RetryPolicy {
  /** The maximum number of runs. Passes have 1, because their sweep is their retry. */
  attempts: number;
  /** The first delay of an exponential backoff with jitter. */
  backoffMs?: number;
}

export interface JobDefinition<
  Name extends string = string,
  Payload extends z.ZodType = z.ZodType,
> {
  /** A literal `<domain>.<job>`. Permanent, because queues outlive deployments. */
  name: Name;
  queue: QueueName;
  payload: Payload;
  options: RetryPolicy;
  /**
   * The deduplication key: at most one active and one waiting job per key, and the last payload wins.
   * For passes, which read the tables and not their payload.
   */
  key?: (payload: z.output<Payload>) => string;
}

export const defineJob = <const Name extends string, Payload extends z.ZodType>(
  definition: JobDefinition<Name, Payload>,
): JobDefinition<Name, Payload> => definition;

export type PayloadOf<Job> = Job extends JobDefinition<string, infer P> ? z.output<P> : never;
export type InputOf<Job> = Job extends JobDefinition<string, infer P> ? z.input<P> : never;

/** The stored job data: the payload and the id of the request that caused it. */
export interface Envelope {
  payload: unknown;
  requestId?: string;
}

/** A periodic job that finds work in the tables, with its own deduplication id. */
export interface SweepDefinition<Job extends JobDefinition = JobDefinition> {
  job: Job;
  payload: InputOf<Job>;
  everySeconds: number;
}
