import type { Db } from '../../db/knex.ts';
import { headSeqsOf } from '../../db/tickets/log/head-seqs.ts';
import { readTickets, type SeenTicket } from '../../db/tickets/tickets/read-tickets.ts';
import { renderTicket } from '../../db/tickets/tickets/render-ticket.ts';
import type { Refresh } from '../gateway/mount.ts';

interface Payload {
  ticketId: string;
}

/** Without a change, an estimate is read again after this time: counters come and go. */
const STALE_MS = 15_000;

/**
 * Positions and estimates of the watched tickets of one instance. Only the tickets of queues whose log went on
 * are read again, all of them in one statement.
 */
export function createPlaceRefresh(db: Db): Refresh<Payload> {
  const readAt = new Map<string, { seq: number; at: number; seen: SeenTicket }>();

  return {
    event: 'ticket:state',
    async read(payloads) {
      const ids = [...new Set(payloads.map(({ ticketId }) => ticketId))];
      const heads = await headSeqsOf(db, ids);
      const now = performance.now();
      const due = ids.filter((id) => {
        const known = readAt.get(id);
        const seq = heads.get(id);
        if (seq === undefined) return false;
        return !known || known.seq !== seq || now - known.at > STALE_MS;
      });
      const fresh = due.length === 0 ? [] : await readTickets(db, due);
      for (const seen of fresh)
        readAt.set(seen.ticket.id, { seq: heads.get(seen.ticket.id) ?? seen.seq, at: now, seen });
      for (const id of readAt.keys()) if (!heads.has(id)) readAt.delete(id);
      return payloads.map(({ ticketId }) => {
        const known = readAt.get(ticketId);
        return known && { ...renderTicket(known.seen, 'owner'), seq: known.seen.seq };
      });
    },
  };
}
