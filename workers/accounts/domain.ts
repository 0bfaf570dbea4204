import type { WorkerDomain } from '../deps.ts';
import { purgeExpired } from './purge-expired.ts';

export const domain: WorkerDomain<'accounts'> = {
  processors: { 'accounts.purge-expired': purgeExpired },
};
