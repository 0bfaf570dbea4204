import type { Config } from '../config.ts';
import type { Db } from '../db/knex.ts';
import type { RedisClient } from '../db/redis.ts';
import type { Queues } from '../jobs/queues.ts';
import type { Log } from '../log.ts';
import type { Overview } from './overview/overview.ts';

/** Where the process is in its life; written by `main.ts`, read by probes. */
export interface ProcessState {
  readonly stopping: boolean;
}

/** What the pages of one admin process work with; built by hand in `main.ts`. */
export interface AdminDeps {
  config: Config;
  log: Log;
  db: Db;
  /** Fails fast: half a second at most. */
  redis: RedisClient;
  queues: Queues;
  /** @throws {FoyerError} rate.limited: attempts on one name from one address, right or wrong */
  limitLogin: (username: string, address: string) => Promise<void>;
  /** The stats of the last second, however many ask. */
  overview: () => Promise<Overview>;
  state: ProcessState;
}
