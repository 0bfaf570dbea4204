import { type AccountFigures, accountFigures } from '../../db/accounts/account-figures.ts';
import type { Minute } from '../../db/matchmaking/minutes.ts';
import {
  type EpochFigures,
  type Instance,
  listInstances,
  readEpoch,
  redisNow,
} from '../../db/presence/instances.ts';
import {
  type PostgresFigures,
  poolUse,
  postgresFigures,
  type RedisFigures,
  redisFigures,
} from '../../db/store-figures.ts';
import { type FailedJob, listFailed } from '../../jobs/failed-jobs.ts';
import { type QueueFigures, queueFigures } from '../../jobs/queue-figures.ts';
import { release } from '../../release.ts';
import type { AdminDeps } from '../deps.ts';
import { redactText } from '../redact.ts';
import { cached } from './cached.ts';
import { type Matchmaking, readMatchmaking } from './matchmaking.ts';
import { createMinutes } from './minutes.ts';
import { findProblems, type Problem } from './problems.ts';
import { type Sweep, sweepFigures } from './sweeps.ts';

/** What the page shows. A part is null while the store it comes from does not answer. */
export interface Figures {
  at: string;
  version: string;
  matchmaking: Matchmaking | null;
  minutes: Minute[] | null;
  accounts: AccountFigures | null;
  queues: QueueFigures[] | null;
  sweeps: Sweep[] | null;
  failed: FailedJob[] | null;
  fleet: { instances: Instance[]; epoch: EpochFigures | null } | null;
  stores: {
    postgresql: PostgresFigures | null;
    redis: RedisFigures | null;
    pool: Record<string, number>;
  };
}
export type Overview = Figures & { problems: Problem[] };

/** The page asks every two seconds; figures that cost more than a look are read less often. */
const LIVE_MS = 1_000;
const SLOW_MS = 10_000;
const NEWEST_FAILURES = 8;

type Deps = Pick<AdminDeps, 'config' | 'db' | 'redis' | 'queues' | 'log'>;

/** Everything on `/admin`, collected at most once a second whoever asks. */
export function createOverview(deps: Deps): () => Promise<Overview> {
  const { config, db, redis, queues, log } = deps;
  const minutes = cached(SLOW_MS, createMinutes(deps));
  const accounts = cached(SLOW_MS, () => accountFigures(db));
  const failed = cached(LIVE_MS, async () =>
    (await listFailed(queues, '', NEWEST_FAILURES)).map((job) => ({
      ...job,
      reason: redactText(job.reason),
    })),
  );
  const matchmaking = readMatchmaking(deps, minutes);
  /** Without a store its part of the page is missing, and the rest stands. */
  const part = async <T>(name: string, ask: () => Promise<T>): Promise<T | null> => {
    try {
      return await ask();
    } catch (error) {
      log.debug({ err: error, part: name }, 'no figures');
      return null;
    }
  };

  const collect = async (): Promise<Overview> => {
    const nowMs = await part('clock', () => redisNow(redis));
    const now = nowMs ?? Date.now();
    const [matching, hour, people, queueRows, sweeps, failures, fleet, postgresql, redisRow] =
      await Promise.all([
        part('matchmaking', matchmaking),
        part('minutes', minutes),
        part('accounts', accounts),
        part('queues', () => queueFigures(queues, now)),
        part('sweeps', () => sweepFigures(config, redis, now)),
        part('failed', failed),
        part('fleet', async () => ({
          instances: await listInstances(redis),
          epoch: await readEpoch(redis),
        })),
        part('postgresql', () => postgresFigures(db)),
        part('redis', () => redisFigures(redis)),
      ]);
    const figures: Figures = {
      at: new Date(now).toISOString(),
      version: release.version,
      matchmaking: matching,
      minutes: hour,
      accounts: people,
      queues: queueRows,
      sweeps,
      failed: failures,
      fleet,
      stores: { postgresql, redis: redisRow, pool: poolUse(db) },
    };
    return { ...figures, problems: findProblems(figures) };
  };
  return cached(LIVE_MS, collect);
}
