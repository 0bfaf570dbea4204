import { readSweeps, type SweepRecord } from '../../db/maintenance/sweeps.ts';
import type { RedisClient } from '../../db/redis.ts';
import { schedulesFor } from '../../jobs/schedules.ts';
import { redactText } from '../redact.ts';

export interface Sweep {
  name: string;
  everySeconds: number;
  /** Null if no run is recorded in Redis. */
  last: (SweepRecord & { ageSeconds: number }) | null;
  /** The run is overdue: no worker processes the queue `maintenance`, or the schedule stopped. */
  isLate: boolean;
}

/** A sweep is late after this many missed ticks plus a grace for a busy worker. */
const TICKS = 3;
const GRACE_SECONDS = 10;

/** Every scheduled sweep with its last run on any worker. */
export async function sweepStats(
  config: Parameters<typeof schedulesFor>[0],
  redis: RedisClient,
  nowMs: number,
): Promise<Sweep[]> {
  const records = await readSweeps(redis);
  return schedulesFor(config).map(({ job, everySeconds }) => {
    const record = records.get(job.name);
    if (!record) return { name: job.name, everySeconds, last: null, isLate: true };
    const ageSeconds = Math.max(0, Math.round((nowMs - record.endedAtMs) / 1000));
    return {
      name: job.name,
      everySeconds,
      last: { ...record, line: redactText(record.line), ageSeconds },
      isLate: ageSeconds > everySeconds * TICKS + GRACE_SECONDS,
    };
  });
}
