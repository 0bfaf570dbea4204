import type { TicketEvent } from '../../contract/tickets.ts';
import { type Push, toPeople, toRoom } from '../../db/realtime/push.ts';
import { queueRoom, ticketRoom } from '../../db/tickets/rooms.ts';
import { renderTicket } from '../../db/tickets/tickets/render-ticket.ts';
import type { TicketEffects } from '../../db/tickets/work/effects.ts';
import type { WrittenEvent } from '../../db/tickets/work/work.ts';
import type { PublishBoards } from './publish-boards.ts';
import type { TicketJobs } from './ticket-jobs.ts';

export interface TicketEffectsDeps {
  push: Push;
  publishBoards: PublishBoards;
  jobs: TicketJobs;
}

/**
 * Apply the effects of a commit, the same for routes, sockets and processors: tell staff, owners and displays,
 * and enqueue what follows. All of it is best-effort: watchers see a gap, and sweeps find the work.
 */
export function applyTicketEffects(
  { push, publishBoards, jobs }: TicketEffectsDeps,
  { events, queues, positions }: TicketEffects,
): void {
  if (events.length === 0) return;
  for (const event of events) announce(push, event, positions.get(event.ticket.id) ?? null);
  publishBoards(queues.map(({ id }) => id));
  for (const queue of queues) jobs.follow(queue);
}

function announce(push: Push, written: WrittenEvent, known: number | null): void {
  const { queueId, seq, type, ticket, names, at } = written;
  const position = ticket.state === 'waiting' ? known : null;
  const seen = { ticket, names, position };
  const event: TicketEvent = {
    ...{ queueId, seq, type: `ticket.${type}`, at: at.toISOString() },
    ticket: renderTicket(seen, 'staff'),
  };
  push(toRoom(queueRoom(queueId)), 'ticket:event', event);
  // Of a transfer, the entry in the log of the queue that the ticket leaves.
  if (ticket.queueId !== queueId) return;
  const own = { ...renderTicket(seen, 'owner'), seq };
  const recipients = [
    toRoom(ticketRoom(ticket.id)),
    ...(ticket.userId === null ? [] : [toPeople([ticket.userId])]),
  ];
  for (const recipient of recipients) {
    push(recipient, 'ticket:state', own);
    if (type === 'near') push(recipient, 'ticket:near', renderTicket(seen, 'owner'));
  }
}
