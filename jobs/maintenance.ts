import { z } from 'zod';
import { defineJob, type Schedule } from './define.ts';

/** Delete what each table no longer keeps, in bounded statements. */
export const enforceRetention = defineJob({
  name: 'maintenance.enforce-retention',
  queue: 'maintenance',
  payload: z.strictObject({}),
  options: { attempts: 1 },
});

/** Every job of maintenance. */
export const jobs = [enforceRetention] as const;

/** The sweeps of maintenance and how often they run. */
export const schedules = (): readonly Schedule[] => [{ job: enforceRetention, everySeconds: 600 }];
