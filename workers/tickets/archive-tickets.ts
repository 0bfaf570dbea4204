import type { archiveTickets as job } from '../../jobs/tickets.ts';
import type { Processor } from '../deps.ts';

/** Moves finished tickets to the history, and removes names and notes in time. */
export const archiveTickets: Processor<typeof job> = async () => {};
