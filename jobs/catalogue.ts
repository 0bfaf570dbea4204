import type { z } from 'zod';
import type { JobDefinition } from './define.ts';
import { domains } from './domains.ts';
import type { QueueName } from './queue-names.ts';

type Domains = typeof domains;
type JobOf<Domain extends keyof Domains> = Domains[Domain]['jobs'][number];

/** The jobs of one domain by wire name. */
export type DomainCatalogue<Domain extends keyof Domains> = {
  [Job in JobOf<Domain> as Job['name']]: Job;
};
/** Every job of the system by wire name. */
export type Catalogue = { [Job in JobOf<keyof Domains> as Job['name']]: Job };
export type JobName = keyof Catalogue;

/** A job on a queue that nobody serves does not compile. */
export const definitions: readonly JobDefinition<string, z.ZodType, QueueName>[] = Object.values(
  domains,
).flatMap((domain): readonly JobOf<keyof Domains>[] => domain.jobs);

/** Every job by its wire name. */
export const catalogue = Object.fromEntries(
  definitions.map((job) => [job.name, job]),
) as unknown as Catalogue;
