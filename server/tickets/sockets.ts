import { FoyerError } from '../../contract/errors.ts';
import * as contract from '../../contract/tickets.ts';
import { noteSeen } from '../../db/tickets/boards/note-shown.ts';
import { listQueueEvents } from '../../db/tickets/log/read-log.ts';
import { findQueue } from '../../db/tickets/queues/queues.ts';
import { boardRoom, queueRoom, ticketRoom } from '../../db/tickets/rooms.ts';
import { liveTickets, readTicket } from '../../db/tickets/tickets/read-tickets.ts';
import { renderTicket } from '../../db/tickets/tickets/render-ticket.ts';
import type { Caller, ServerDeps } from '../deps.ts';
import {
  type MountedCommand,
  type MountedSubscription,
  mountCommand,
  mountSubscription,
} from '../gateway/mount.ts';
import { allows } from '../routes/access.ts';
import type { LoadBoard } from './board-routes.ts';
import { createPlaceRefresh } from './place-refresh.ts';
import type { ShownReports } from './shown-reports.ts';
import { actorOf, readerOf } from './ticket-access.ts';

/** Events that a watcher who comes back gets at once. With more it takes a new snapshot. */
const MAX_EVENTS = 500;

/** What sockets can watch: queues for staff, tickets for their owners, boards for everyone. */
export function ticketSubscriptions(
  { config, db }: ServerDeps,
  loadBoard: LoadBoard,
): MountedSubscription[] {
  const queueIdsOf = (payload: { queueId: string } | { queueIds: string[] }) =>
    'queueId' in payload ? [payload.queueId] : payload.queueIds;

  async function readable(
    { ticketId, claimToken }: { ticketId: string; claimToken?: string | undefined },
    person: Caller | undefined,
  ) {
    if (!person && claimToken === undefined) throw new FoyerError('auth.required');
    const actor = actorOf(config, { person, claim: claimToken }, ticketId);
    const seen = await readTicket(db, ticketId);
    return { seen, reader: readerOf(actor, seen) };
  }

  return [
    mountSubscription(contract.watchQueue, {
      room: ({ queueId }) => queueRoom(queueId),
      key: ({ queueId }) => queueId,
      mayWatch: async ({ queueId }, caller) => {
        if (!allows('staff', caller.role)) return false;
        await findQueue(db, queueId);
        return true;
      },
      snapshot: async ({ queueId, afterSeq }) => {
        const { seq } = await findQueue(db, queueId);
        if (afterSeq !== undefined && afterSeq <= seq && seq - afterSeq <= MAX_EVENTS) {
          const page = { afterSeq, limit: MAX_EVENTS, headSeq: seq };
          const { items, firstSeq } = await listQueueEvents(db, queueId, page);
          if (firstSeq <= afterSeq + 1)
            return { seq: items.at(-1)?.seq ?? afterSeq, events: items };
        }
        const tickets = await liveTickets(db, queueId, contract.MAX_LIVE_LISTED);
        return { seq, tickets: tickets.map((seen) => renderTicket(seen, 'staff')) };
      },
    }),
    mountSubscription(contract.watchTicket, {
      room: ({ ticketId }) => ticketRoom(ticketId),
      key: ({ ticketId }) => ticketId,
      mayWatch: async (payload, caller) => readable(payload, caller).then(() => true),
      snapshot: async (payload, caller) => {
        const { seen, reader } = await readable(payload, caller);
        return renderTicket(seen, reader);
      },
      refresh: createPlaceRefresh(db),
    }),
    mountSubscription(contract.watchBoard, {
      room: (payload) => queueIdsOf(payload).map(boardRoom),
      mayWatch: async (payload) => Promise.all(queueIdsOf(payload).map(loadBoard)).then(() => true),
      snapshot: async (payload) => {
        const boards = await Promise.all(queueIdsOf(payload).map(loadBoard));
        const [first] = boards;
        return 'queueId' in payload && first ? first : { items: boards };
      },
    }),
  ];
}

/** Reports that a call was seen. They count only from those who watch what they report. */
export const ticketCommands = (
  { db }: Pick<ServerDeps, 'db'>,
  reports: ShownReports,
): MountedCommand[] => [
  mountCommand(contract.boardShown, async ({ payload: { queueId, seq }, socket }) => {
    if (socket.isIn(boardRoom(queueId))) reports.add(socket, queueId, seq);
    return {};
  }),
  mountCommand(contract.ticketSeen, async ({ payload, caller, socket }) => {
    const isWatching = socket.isIn(ticketRoom(payload.ticketId));
    const isStaff = caller !== undefined && allows('staff', caller.role);
    if (!isWatching) {
      const { ticket } = await readTicket(db, payload.ticketId);
      if (!caller || ticket.userId !== caller.userId) throw new FoyerError('ticket.not_found');
    }
    // Staff who look at a ticket are not its owner.
    if (!isStaff) await noteSeen(db, payload);
    return {};
  }),
];
