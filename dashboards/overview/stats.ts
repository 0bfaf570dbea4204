import type { EpochStats, Instance } from '../../db/presence/instances.ts';
import type { PostgresStats, RedisStats } from '../../db/store-stats.ts';
import type { FailedJob } from '../../jobs/failed-jobs.ts';
import type { QueueStats } from '../../jobs/queue-stats.ts';
import type { PanelData } from '../domains.ts';
import type { Problem } from '../panel.ts';
import type { Sweep } from './sweeps.ts';

/** The data of the page. A part is null while its store does not respond. */
export interface Stats {
  at: string;
  version: string;
  /** One a domain, under its name. */
  panels: PanelData;
  queues: QueueStats[] | null;
  sweeps: Sweep[] | null;
  failed: FailedJob[] | null;
  fleet: { instances: Instance[]; epoch: EpochStats | null } | null;
  stores: {
    postgresql: PostgresStats | null;
    redis: RedisStats | null;
    pool: Record<string, number>;
  };
}
export type Overview = Stats & { problems: Problem[] };
