import { z } from 'zod';
import { defineWebhookEvent } from '../define.ts';
import { bigintId, timestamp } from '../fields.ts';
import { type EventType, loggedTicket } from './ticket.ts';

/** An entry of the log without its type. `seq` orders the events of a queue, `ticket.version` those of a ticket. */
const data = z.strictObject({
  queueId: bigintId,
  seq: z.int().min(1),
  version: z.int().min(1).meta({ description: "The ticket's version" }),
  ticket: loggedTicket,
  at: timestamp,
});
export type TicketEventData = z.infer<typeof data>;

const of = <const T extends EventType>(type: T, summary: string) =>
  defineWebhookEvent({ type: `ticket.${type}` as `ticket.${T}`, summary, data });

/** The webhook events of tickets, without names of people. */
export const webhookEvents = [
  of('created', 'A ticket was taken'),
  of('called', 'A ticket was called to a counter'),
  of('recalled', 'A ticket was called again'),
  of('started', 'A counter began to serve a ticket'),
  of('progressed', 'Progress was reported'),
  of('completed', 'A ticket was completed'),
  of('no_show', 'Nobody came; the ticket is over, or waits once more'),
  of('returned', 'A ticket was put back into its queue'),
  of('transferred', 'A ticket was moved to another queue'),
  of('held', 'A ticket was set aside'),
  of('resumed', 'A held ticket is being served again'),
  of('cancelled', 'A ticket was cancelled'),
  of('postponed', 'The owner of a ticket let others go first'),
  of('reopened', 'A finished ticket waits again'),
  of('arrived', 'The owner of a ticket is here'),
  of('away', 'The owner of a ticket stepped away'),
  of('back', 'The owner of a ticket is back'),
  of('reserved', 'A ticket of an automatic queue is ready for a worker'),
  of('counter_lost', 'The counter that served a ticket is gone'),
  of('near', 'It is almost the turn of a ticket'),
  of('overdue', 'A ticket waits longer than the target of its queue'),
] as const;
