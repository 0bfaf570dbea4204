import * as accounts from './accounts.ts';
import type { JobDefinition } from './define.ts';
import * as matchmaking from './matchmaking.ts';

const all = [...accounts.jobs, ...matchmaking.jobs] as const;

/** All jobs by wire name. */
export type Catalogue = { [Job in (typeof all)[number] as Job['name']]: Job };
export type JobName = keyof Catalogue;

export const catalogue = Object.fromEntries(all.map((job) => [job.name, job])) as Catalogue;
export const definitions: readonly JobDefinition[] = all;
