import type { z } from 'zod';
import type { Config } from '../config.ts';

export interface RetryPolicy {
  /** The maximum number of runs. Passes have 1, because their sweep is their retry. */
  attempts: number;
  /** The first delay of an exponential backoff with jitter. */
  backoffMs?: number;
}

export interface JobDefinition<
  Name extends string = string,
  Payload extends z.ZodType = z.ZodType,
  Queue extends string = string,
> {
  /** A literal `<domain>.<job>`. Permanent, because queues outlive deployments. */
  name: Name;
  /** The domain itself, `integrations` for calls to the outside, or `maintenance` for sweeps. */
  queue: Queue;
  payload: Payload;
  options: RetryPolicy;
  /**
   * The deduplication key: at most one active and one waiting job per key, and the last payload wins.
   * For passes, which read the tables and not their payload.
   */
  key?: (payload: z.output<Payload>) => string;
}

/** Declares a job: its permanent wire name, payload and retries. */
export const defineJob = <
  const Name extends string,
  Payload extends z.ZodType,
  const Queue extends string,
>(
  definition: JobDefinition<Name, Payload, Queue>,
): JobDefinition<Name, Payload, Queue> => definition;

export type PayloadOf<Job> = Job extends JobDefinition<string, infer P> ? z.output<P> : never;
export type InputOf<Job> = Job extends JobDefinition<string, infer P> ? z.input<P> : never;

/** The stored job data: the payload and the id of the request that caused it. */
export interface Envelope {
  payload: unknown;
  requestId?: string;
}

/** A periodic job. It finds the same work from the tables, under a deduplication of its own. */
export interface Schedule {
  job: JobDefinition;
  everySeconds: number;
}

/** What a domain declares to the queues. */
export interface JobDomain {
  jobs: readonly JobDefinition[];
  /** Its sweeps, and how often each runs. One execution a tick across the fleet. */
  schedules(config: Config): readonly Schedule[];
}
