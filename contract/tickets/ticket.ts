import { z } from 'zod';
import { bigintId, line, timestamp, version } from '../fields.ts';

export const ticketStates = [
  'waiting',
  'called',
  'processing',
  'held',
  'done',
  'no_show',
  'cancelled',
] as const;
export type TicketState = (typeof ticketStates)[number];

/** Seconds: half of the waits are at most `p50`, nine of ten at most `p90`. */
export const waitEstimate = z.strictObject({ p50: z.int().min(0), p90: z.int().min(0) });
export type WaitEstimate = z.infer<typeof waitEstimate>;

/** The fields of a ticket that everyone who may read it gets. They carry no name. */
const plain = {
  id: bigintId,
  queueId: bigintId,
  code: z.string(),
  state: z.enum(ticketStates),
  priority: z.int().min(0).max(10),
  scheduledAt: timestamp.nullable(),
  estimatedSeconds: z.int().nullable(),
  counterId: bigintId.nullable(),
  counterName: z.string().nullable(),
  queueName: z.string(),
  calls: z.int().min(0).meta({ description: 'The call and its recalls' }),
  awayUntil: timestamp.nullable(),
  arrivedAt: timestamp.nullable(),
  /** How many displays showed the last call, and when its owner's page did. For staff. */
  shown: z.strictObject({ displays: z.int().min(0), ownerAt: timestamp.nullable() }).optional(),
  version,
  createdAt: timestamp,
  updatedAt: timestamp,
  calledAt: timestamp.nullable(),
  startedAt: timestamp.nullable(),
  finishedAt: timestamp.nullable(),
};

/** A ticket as its log has it: without a name, and without what changes while it only waits. */
export const loggedTicket = z.strictObject(plain);
export type LoggedTicket = z.infer<typeof loggedTicket>;

export const ticket = z.strictObject({
  ...plain,
  /** For its owner and for staff. */
  customerName: line(80).nullable().optional(),
  position: z.int().min(0).nullable().meta({ description: 'People in front; 0 = next' }),
  eta: waitEstimate.nullable().meta({ description: 'Seconds; null in answers to POST' }),
});
export type Ticket = z.infer<typeof ticket>;

/** What happened to a ticket, without the prefix `ticket.`. */
export const eventTypes = [
  'created',
  'called',
  'recalled',
  'started',
  'progressed',
  'completed',
  'no_show',
  'returned',
  'transferred',
  'held',
  'resumed',
  'cancelled',
  'postponed',
  'reopened',
  'arrived',
  'away',
  'back',
  'reserved',
  'counter_lost',
  'near',
  'overdue',
] as const;
export type EventType = (typeof eventTypes)[number];

const eventType = z.enum(eventTypes.map((type) => `ticket.${type}` as const));

/** One entry of the log of a queue. */
export const ticketEvent = z.strictObject({
  queueId: bigintId,
  seq: z.int().min(1),
  type: eventType,
  ticket,
  at: timestamp,
});
export type TicketEvent = z.infer<typeof ticketEvent>;
export const loggedEvent = ticketEvent.extend({ ticket: loggedTicket });
export type LoggedEvent = z.infer<typeof loggedEvent>;
/** The type of an event as the log and the pushes have it: with the prefix. */
export type LoggedType = `ticket.${EventType}`;
