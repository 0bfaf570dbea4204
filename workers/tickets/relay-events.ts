import type { relayEvents as job } from '../../jobs/tickets.ts';
import type { Processor } from '../deps.ts';

/** Copies the log of a queue to its stream. */
export const relayEvents: Processor<typeof job> = async () => {};
