import { z } from 'zod';
import { defineRoute } from '../define.ts';
import { bigintId, line, timestamp } from '../fields.ts';
import { queuePath } from './queues.ts';
import { loggedEvent, ticket, ticketStates } from './ticket.ts';

/** The credential of a person without an account: handed out with the ticket. */
export const claim = {
  header: 'X-Claim-Token',
  description: 'The `claimToken` of the answer that created the ticket',
};
export const ticketPath = z.strictObject({ id: bigintId });

/** With a bound, because a place in the order is counted in microseconds. */
const appointment = timestamp.refine(
  (at) => at >= '2000' && at < '2200',
  'Must be between 2000 and 2200.',
);

export const createTicket = defineRoute({
  method: 'post',
  path: '/v1/queues/{id}/tickets',
  summary: 'Take a ticket; anyone may, if the queue allows it',
  access: 'public',
  params: queuePath,
  body: z.strictObject({
    customerName: line(80).optional(),
    notifyAhead: z.int().min(0).max(50).optional(),
    estimatedSeconds: z.int().min(1).max(86_400).optional(),
    priority: z.int().min(0).max(10).optional().meta({ description: 'For staff only' }),
    scheduledAt: appointment.optional().meta({ description: 'An appointment; for staff only' }),
  }),
  responses: {
    201: ticket.extend({
      claimToken: z.string().meta({ description: 'Send it as X-Claim-Token' }),
    }),
  },
  errors: [
    'auth.required',
    'auth.forbidden',
    'queue.not_found',
    'queue.closed',
    'queue.paused',
    'queue.full',
    'ticket.already_waiting',
  ],
  idempotent: true,
  answerHoldsSecret: true,
});
export type NewTicket = z.output<typeof createTicket.body & object>;

/** The live states, one of them, or all that are not archived. */
const listed = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(ticketStates)).min(1).max(ticketStates.length))
  .meta({ description: `States separated by commas: ${ticketStates.join(', ')}` });

export const listTickets = defineRoute({
  method: 'get',
  path: '/v1/queues/{id}/tickets',
  summary: 'List the tickets of a queue in call order; by default the live ones',
  access: 'staff',
  params: queuePath,
  query: z.strictObject({
    state: listed.optional(),
    limit: z.coerce.number().int().min(1).max(100).default(50),
    cursor: z.string().min(1).max(200).optional(),
  }),
  responses: {
    200: z.strictObject({ items: z.array(ticket), nextCursor: z.string().nullable() }),
  },
  errors: ['queue.not_found'],
});

export const readTicket = defineRoute({
  method: 'get',
  path: '/v1/tickets/{id}',
  summary: 'Get a ticket',
  access: 'user',
  claim,
  params: ticketPath,
  responses: { 200: ticket },
  errors: ['ticket.not_found'],
});

export const readTicketHistory = defineRoute({
  method: 'get',
  path: '/v1/tickets/{id}/history',
  summary: "List a ticket's events",
  access: 'user',
  claim,
  params: ticketPath,
  responses: {
    200: z.strictObject({
      items: z.array(
        loggedEvent.extend({
          /** What was written down with the event. For staff, and only while it is kept. */
          note: z.string().optional(),
        }),
      ),
    }),
  },
  errors: ['ticket.not_found'],
});

export const overtakeReasons = [
  'priority',
  'returned',
  'transferred',
  'direct_call',
  'reopened',
  'away',
  'postponed',
  'other_counter',
] as const;
export const overtake = z.strictObject({
  code: z.string(),
  reason: z.enum(overtakeReasons),
  at: timestamp,
});
export type Overtake = z.infer<typeof overtake>;

export const readOvertakes = defineRoute({
  method: 'get',
  path: '/v1/tickets/{id}/overtakes',
  summary: 'List who was called before a ticket that came first, and why',
  access: 'user',
  claim,
  params: ticketPath,
  responses: { 200: z.strictObject({ items: z.array(overtake) }) },
  errors: ['ticket.not_found'],
});

export const listQueueEvents = defineRoute({
  method: 'get',
  path: '/v1/queues/{id}/events',
  summary: "Read a queue's log, gapless and in order",
  access: 'staff',
  params: queuePath,
  query: z.strictObject({
    afterSeq: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
    limit: z.coerce.number().int().min(1).max(100).default(50),
  }),
  responses: {
    200: z.strictObject({
      items: z.array(loggedEvent),
      firstSeq: z
        .int()
        .meta({ description: 'The oldest seq that is kept; below it, take a snapshot' }),
      headSeq: z.int(),
    }),
  },
  errors: ['queue.not_found'],
});

export const ticketRoutes = [
  createTicket,
  listTickets,
  readTicket,
  readTicketHistory,
  readOvertakes,
  listQueueEvents,
] as const;
