import { z } from 'zod';
import { defineJob, type Schedule } from './define.ts';

/** Delete what each table no longer keeps, in bounded statements. */
export const enforceRetention = defineJob({
  name: 'maintenance.enforce-retention',
  queue: 'maintenance',
  payload: z.strictObject({}),
  options: { attempts: 1 },
});

export const jobs = [enforceRetention] as const;

export const schedules = (): readonly Schedule[] => [{ job: enforceRetention, everySeconds: 600 }];
