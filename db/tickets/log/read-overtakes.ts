import type { Overtake } from '../../../contract/tickets.ts';
import type { Db } from '../../knex.ts';

/** Who was called before this ticket although it came first. */
export async function readOvertakes(_db: Db, _ticketId: string): Promise<Overtake[]> {
  return [];
}
