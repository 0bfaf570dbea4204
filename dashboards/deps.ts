import type { Config } from '../config.ts';
import type { Db } from '../db/knex.ts';
import type { RedisClient } from '../db/redis.ts';
import type { Queues } from '../jobs/queues.ts';
import type { Log } from '../log.ts';

/** The lifecycle state of the process. `main.ts` writes it; health checks read it. */
export interface ProcessState {
  readonly stopping: boolean;
}

/** The dependencies of the operator pages. `main.ts` creates them. */
export interface AdminDeps {
  config: Config;
  log: Log;
  db: Db;
  /** Fails fast: a command takes at most half a second. */
  redis: RedisClient;
  queues: Queues;
  /** @throws {FoyerError} rate.limited after too many attempts on one username from one address, successful or not */
  limitLogin: (username: string, address: string) => Promise<void>;
  /** The stats of the last second, however many ask. */
  overview: () => Promise<object>;
  state: ProcessState;
}
