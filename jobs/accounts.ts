import { z } from 'zod';
import { defineJob, type Schedule } from './define.ts';

/** Deletes expired refresh tokens and idempotency keys. */
export const purgeExpired = defineJob({
  name: 'accounts.purge-expired',
  queue: 'maintenance',
  payload: z.strictObject({}),
  options: { attempts: 1 },
});

/** Every job of accounts. */
export const jobs = [purgeExpired] as const;

/** The sweeps of accounts and how often they run. */
export const schedules = (): readonly Schedule[] => [{ job: purgeExpired, everySeconds: 600 }];
