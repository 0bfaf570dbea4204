import { z } from 'zod';
import { defineJob } from './define.ts';

/** Deletes expired refresh tokens and idempotency keys. */
export const purgeExpired = defineJob({
  name: 'accounts.purge-expired',
  queue: 'maintenance',
  payload: z.strictObject({}),
  options: { attempts: 1 },
});

export const jobs = [purgeExpired] as const;
