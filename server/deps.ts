import type { Config } from '../config.ts';
import type { Role } from '../contract/accounts.ts';
import type { Db } from '../db/knex.ts';
import type { Push } from '../db/realtime/push.ts';
import type { RemoveWatchers } from '../db/realtime/watchers.ts';
import type { RedisClient } from '../db/redis.ts';
import type { Sealer } from '../db/sealer.ts';
import type { Enqueue } from '../jobs/enqueue.ts';
import type { Log } from '../log.ts';
import type { RateLimits } from './limits/rate-limits.ts';

/** The authenticated caller: the access token names them, and the token status confirmed it. */
export interface Caller {
  userId: string;
  role: Role;
  /** The refresh-token family, when the token came from a sign-in; `foyer token` gives none. */
  familyId: string | null;
  /** `users.version` of the token, for `recheck` of connected sockets. */
  version: number;
  /** When the token expires, in milliseconds since 1970. */
  expiresAtMs: number;
}

export interface Authenticator {
  /** @throws {FoyerError} auth.required · auth.expired · auth.invalid */
  authenticate(accessToken: string | undefined): Promise<Caller>;
  /**
   * Check that a token that was valid when its socket connected still is.
   * @throws {FoyerError} auth.expired · auth.invalid · service.unavailable
   */
  check(caller: Caller): Promise<void>;
}

/** Where the process is in its life; written by `main.ts`, read by probes. */
export interface ProcessState {
  /** The boot has ended: listening, subscribed, connected to its stores. */
  readonly started: boolean;
  /** A shutdown has begun: load balancers should look elsewhere while requests drain. */
  readonly stopping: boolean;
}

/** The dependencies of routes and socket events of one server process; built by hand in `main.ts`. */
export interface ServerDeps {
  config: Config;
  log: Log;
  db: Db;
  /** Fails fast: half a second at most. */
  redis: RedisClient;
  /** Throws when Redis is unavailable: for commands that only enqueue a job. */
  enqueue: Enqueue;
  /** Never throws: a best-effort enqueue after a commit. */
  tryEnqueue: Enqueue;
  push: Push;
  /** Take watchers out of a room on every instance, after the commit that ended their right. */
  removeWatchers: RemoveWatchers;
  /** Encrypts what must be kept secret in the database. */
  sealer: Sealer;
  auth: Authenticator;
  limits: RateLimits;
  instanceId: string;
  state: ProcessState;
}
