import type { Config } from '../config.ts';
import { purgeExpired } from './accounts.ts';
import type { JobDefinition, QueueName } from './define.ts';
import * as matchmaking from './matchmaking.ts';
import type { Queues } from './queues.ts';

interface Schedule {
  job: JobDefinition;
  everySeconds: number;
}

/** Every sweep and its interval. One execution per tick across the fleet. */
export const schedulesFor = (config: Pick<Config, 'MATCH_SWEEP_SECONDS'>): Schedule[] => [
  { job: matchmaking.matchSweep, everySeconds: config.MATCH_SWEEP_SECONDS },
  { job: matchmaking.expireRequests, everySeconds: 1 },
  { job: matchmaking.reclaimExpiredClaims, everySeconds: 5 },
  { job: matchmaking.orphanRequests, everySeconds: 10 },
  { job: matchmaking.staleSessions, everySeconds: 10 },
  { job: matchmaking.reconcileSweep, everySeconds: 60 },
  { job: purgeExpired, everySeconds: 600 },
];

/** Upserts every schedule: at startup, after an epoch change, and from the watchdog. */
export async function upsertSchedules(queues: Queues, schedules: Schedule[]): Promise<void> {
  for (const { job, everySeconds } of schedules) {
    await queues[job.queue].upsertJobScheduler(
      job.name,
      { every: everySeconds * 1000 },
      { name: job.name, data: { payload: {} }, opts: { attempts: 1 } },
    );
  }
}

/**
 * Schedules that are missing or whose next run is overdue. A BullMQ schedule stops without an error if
 * scheduling the next iteration fails.
 */
export async function stoppedSchedules(queues: Queues, schedules: Schedule[], nowMs: number) {
  const stopped: Schedule[] = [];
  for (const queue of new Set(schedules.map(({ job }) => job.queue)) as Set<QueueName>) {
    const found = await queues[queue].getJobSchedulers();
    const next = new Map(found.map((scheduler) => [scheduler.key, scheduler.next ?? 0]));
    for (const schedule of schedules) {
      if (schedule.job.queue !== queue) continue;
      const late = nowMs - (next.get(schedule.job.name) ?? 0);
      if (late > schedule.everySeconds * 1000 + GRACE_MS) stopped.push(schedule);
    }
  }
  return stopped;
}
const GRACE_MS = 5_000;
