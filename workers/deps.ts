import type { Config } from '../config.ts';
import type { Db } from '../db/knex.ts';
import type { Push } from '../db/realtime/push.ts';
import type { RedisClient } from '../db/redis.ts';
import type { Sealer } from '../db/sealer.ts';
import type { Catalogue, DomainCatalogue } from '../jobs/catalogue.ts';
import type { JobDefinition, PayloadOf } from '../jobs/define.ts';
import type { DomainName } from '../jobs/domains.ts';
import type { Enqueue } from '../jobs/enqueue.ts';
import type { Log } from '../log.ts';
import type { PostToOutside } from './integrations/outside-request.ts';

/** The dependencies of processors of one worker process; built by hand in `main.ts`. */
export interface WorkerDeps {
  config: Config;
  db: Db;
  redis: RedisClient;
  enqueue: Enqueue;
  /** Never throws: a best-effort enqueue. A sweep finds the work of a lost job. */
  tryEnqueue: Enqueue;
  push: Push;
  /** Opens what is encrypted in the database. */
  sealer: Sealer;
  /** Sends a request to an address of somebody else. */
  postToOutside: PostToOutside;
}

export interface JobContext extends WorkerDeps {
  log: Log;
  requestId: string | undefined;
  /** A line in the job's own log on the board, and in `foyer_sweep_repairs_total` for sweeps. */
  report: (line: string, repairs?: number) => void;
}

/**
 * A plain function over real stores. It may run twice, late or never: it reads the rows again and
 * returns when there is nothing left to do. A return ends the job, an error retries it, `GiveUp` fails it.
 */
export type Processor<Job extends JobDefinition> = (
  payload: PayloadOf<Job>,
  context: JobContext,
) => Promise<void>;

/** A processor for every job of the catalogue, by wire name. */
export type Processors = { [Name in keyof Catalogue]: Processor<Catalogue[Name]> };

/** What a domain declares to the workers. A job without its processor does not compile. */
export interface WorkerDomain<Domain extends DomainName> {
  processors: {
    [Name in keyof DomainCatalogue<Domain>]: DomainCatalogue<Domain>[Name] extends JobDefinition
      ? Processor<DomainCatalogue<Domain>[Name]>
      : never;
  };
  /** Redis lost its memory, or this process just started: restore what this domain keeps in Redis. */
  onNewEpoch?: (deps: WorkerDeps) => Promise<void>;
}
