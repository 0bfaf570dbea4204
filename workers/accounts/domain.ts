import type { WorkerDomain } from '../deps.ts';
import { purgeExpired } from './purge-expired.ts';

/** The processors of accounts. */
export const domain: WorkerDomain<'accounts'> = {
  processors: { 'accounts.purge-expired': purgeExpired },
};
