import type { Config } from '../config.ts';
import type { Schedule } from './define.ts';
import { domains } from './domains.ts';
import { type Queues, queueNamed } from './queues.ts';

/** Every sweep of every domain and how often it runs. */
export const schedulesFor = (config: Config): Schedule[] =>
  Object.values(domains).flatMap(({ schedules }) => [...schedules(config)]);

/** Upserts every schedule: at startup, after an epoch change, and from the watchdog. */
export async function upsertSchedules(queues: Queues, schedules: Schedule[]): Promise<void> {
  for (const { job, everySeconds } of schedules) {
    await queueNamed(queues, job.queue).upsertJobScheduler(
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
  for (const queue of new Set(schedules.map(({ job }) => job.queue))) {
    const found = await queueNamed(queues, queue).getJobSchedulers();
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
