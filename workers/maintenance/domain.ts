import type { WorkerDomain } from '../deps.ts';
import { enforceRetention } from './enforce-retention.ts';

/** The processors of maintenance. */
export const domain: WorkerDomain<'maintenance'> = {
  processors: { 'maintenance.enforce-retention': enforceRetention },
};
