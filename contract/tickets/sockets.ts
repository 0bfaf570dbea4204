import { z } from 'zod';
import { defineCommand, definePush, defineSubscription } from '../define.ts';
import { bigintId, empty } from '../fields.ts';
import { board, MAX_BOARDS } from './boards.ts';
import { loggedEvent, ticket, ticketEvent } from './ticket.ts';

export const ticketEventPush = definePush({
  event: 'ticket:event',
  namespace: '/',
  summary: 'Something happened in a queue that you watch',
  payload: ticketEvent,
});
export const ticketStatePush = definePush({
  event: 'ticket:state',
  namespace: ['/', '/public'],
  summary: 'Your ticket changed, or its position or estimate; at most one a second for those',
  payload: ticket.extend({ seq: z.int().min(0) }),
});
export const ticketNearPush = definePush({
  event: 'ticket:near',
  namespace: ['/', '/public'],
  summary: 'It is almost your turn; sent once',
  payload: ticket,
});
export const boardStatePush = definePush({
  event: 'board:state',
  namespace: '/public',
  summary: 'A board that you watch changed',
  payload: board,
});

export const MAX_LIVE_LISTED = 1_000;
export const watchQueue = defineSubscription({
  event: 'queue:watch',
  unwatch: 'queue:unwatch',
  namespace: '/',
  summary: 'Watch a queue: its live tickets in call order, then every event',
  access: 'staff',
  payload: z.strictObject({
    queueId: bigintId,
    afterSeq: z.int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  }),
  snapshot: z.union([
    z.strictObject({ seq: z.int().min(0), tickets: z.array(ticket).max(MAX_LIVE_LISTED) }),
    z.strictObject({
      seq: z.int().min(0).meta({ description: 'The seq of the last event here' }),
      events: z.array(loggedEvent),
    }),
  ]),
  pushes: [ticketEventPush],
  errors: ['queue.not_found'],
});

export const watchTicket = defineSubscription({
  event: 'ticket:watch',
  unwatch: 'ticket:unwatch',
  namespace: ['/', '/public'],
  summary: 'Watch a ticket as its owner or as staff',
  access: 'public',
  payload: z.strictObject({ ticketId: bigintId, claimToken: z.string().max(200).optional() }),
  snapshot: ticket,
  pushes: [ticketStatePush, ticketNearPush],
  errors: ['ticket.not_found', 'auth.required'],
});

export const watchBoard = defineSubscription({
  event: 'board:watch',
  unwatch: 'board:unwatch',
  namespace: '/public',
  summary: 'Watch the board of a queue, or of several',
  access: 'public',
  payload: z.union([
    z.strictObject({ queueId: bigintId }),
    z.strictObject({ queueIds: z.array(bigintId).min(1).max(MAX_BOARDS) }),
  ]),
  snapshot: z.union([board, z.strictObject({ items: z.array(board) })]),
  pushes: [boardStatePush],
  errors: ['queue.not_found'],
});

export const boardShown = defineCommand({
  event: 'board:shown',
  namespace: '/public',
  summary: 'Say that a display shows the board of this seq',
  access: 'public',
  payload: z.strictObject({ queueId: bigintId, seq: z.int().min(0) }),
  data: empty,
});
export const ticketSeen = defineCommand({
  event: 'ticket:seen',
  namespace: ['/', '/public'],
  summary: "Say that the owner's page shows the ticket in this version",
  access: 'public',
  payload: z.strictObject({
    ticketId: bigintId,
    version: z.int().min(1).max(2_147_483_647),
  }),
  data: empty,
  errors: ['ticket.not_found'],
});

export const ticketCommands = [
  watchQueue.watch,
  watchQueue.unwatch,
  watchTicket.watch,
  watchTicket.unwatch,
  watchBoard.watch,
  watchBoard.unwatch,
  boardShown,
  ticketSeen,
] as const;
export const ticketPushes = [
  ticketEventPush,
  ticketStatePush,
  ticketNearPush,
  boardStatePush,
] as const;
