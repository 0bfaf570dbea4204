import { z } from 'zod';
import { defineRoute } from '../define.ts';
import { bigintId, line, version } from '../fields.ts';
import { counterPath } from './counters.ts';
import { ticket } from './ticket.ts';
import { claim, ticketPath } from './tickets.ts';

const note = line(500).optional();
const behind = z.int().min(0).max(1_000);
/** N is counted from the head of the queue. */
export const place = z.union([z.enum(['first', 'last']), z.strictObject({ after: behind })]);
export type Place = z.infer<typeof place>;

interface Verb<Name extends string, Body extends z.ZodRawShape> {
  name: Name;
  summary: string;
  /** `staff`, or also the owner of the ticket. */
  by: 'staff' | 'owner';
  body: Body;
  errors?: readonly string[];
}

const defineVerb = <const Name extends string, Body extends z.ZodRawShape>({
  name,
  summary,
  by,
  body,
  errors = [],
}: Verb<Name, Body>) =>
  defineRoute({
    method: 'post',
    path: `/v1/tickets/{id}/${name}`,
    summary,
    access: by === 'staff' ? 'staff' : 'user',
    claim,
    params: ticketPath,
    body: z.strictObject({ version, ...body }),
    responses: { 200: ticket },
    errors: ['ticket.not_found', 'ticket.stale_version', 'ticket.bad_transition', ...errors],
    idempotent: true,
  });

export const callTicket = defineVerb({
  name: 'call',
  summary: 'Call a waiting ticket to a counter',
  by: 'staff',
  body: { counterId: bigintId },
  errors: ['counter.not_found', 'counter.not_open', 'counter.busy'],
});
export const recallTicket = defineVerb({
  name: 'recall',
  summary: 'Call a ticket again; beyond the last call it is a no-show',
  by: 'staff',
  body: {},
});
export const startTicket = defineVerb({
  name: 'start',
  summary: 'Start to serve a called ticket',
  by: 'staff',
  body: {},
});
export const progressTicket = defineVerb({
  name: 'progress',
  summary: 'Report progress; it renews the lease of a reserved ticket',
  by: 'staff',
  body: { percent: z.number().min(0).max(100), note },
});
export const completeTicket = defineVerb({
  name: 'complete',
  summary: 'Complete a ticket',
  by: 'staff',
  body: { note },
});
export const noShowTicket = defineVerb({
  name: 'no-show',
  summary: 'Record that nobody came; the policy of the queue decides what follows',
  by: 'staff',
  body: {},
});
export const returnTicket = defineVerb({
  name: 'return',
  summary: 'Put a ticket back into its queue',
  by: 'staff',
  body: { place },
});
export const transferTicket = defineVerb({
  name: 'transfer',
  summary:
    'Move a ticket to another queue. It keeps its arrival time and, if its code is free there, its code',
  by: 'staff',
  body: { queueId: bigintId, priority: z.int().min(0).max(10).optional() },
  errors: ['queue.not_found', 'ticket.already_waiting'],
});
export const holdTicket = defineVerb({
  name: 'hold',
  summary: 'Set a processing ticket aside',
  by: 'staff',
  body: { note },
});
export const resumeTicket = defineVerb({
  name: 'resume',
  summary: 'Go on with a held ticket',
  by: 'staff',
  body: { counterId: bigintId.optional() },
  errors: ['counter.not_found', 'counter.not_open', 'counter.busy'],
});
export const reopenTicket = defineVerb({
  name: 'reopen',
  summary: 'Put a finished ticket back into its queue',
  by: 'staff',
  body: { place },
  errors: ['ticket.archived', 'ticket.already_waiting'],
});
export const cancelTicket = defineVerb({
  name: 'cancel',
  summary: 'Cancel a ticket',
  by: 'owner',
  body: { reason: line(200).optional() },
});
export const postponeTicket = defineVerb({
  name: 'postpone',
  summary: 'Let some people go first',
  by: 'owner',
  body: { after: z.int().min(1).max(1_000) },
});
export const arriveTicket = defineVerb({
  name: 'arrive',
  summary: 'Say that the person is here',
  by: 'owner',
  body: {},
  errors: ['ticket.too_early'],
});
export const awayTicket = defineVerb({
  name: 'away',
  summary: 'Step away for a while and keep the place',
  by: 'owner',
  body: { seconds: z.int().min(1).max(86_400) },
  errors: ['ticket.away_limit'],
});
export const backTicket = defineVerb({
  name: 'back',
  summary: 'Say that the person is back',
  by: 'owner',
  body: {},
});

export const callNext = defineRoute({
  method: 'post',
  path: '/v1/counters/{id}/call-next',
  summary: 'Call the next ticket to a counter; 204 when nobody waits',
  access: 'staff',
  params: counterPath,
  body: z.strictObject({
    queueId: bigintId.optional().meta({ description: 'Only of this queue of the counter' }),
    start: z.boolean().optional().meta({ description: 'Start to serve it at once' }),
  }),
  responses: { 200: ticket, 204: null },
  errors: ['counter.not_found', 'counter.not_open', 'counter.busy', 'queue.not_found'],
  idempotent: true,
});

export const verbRoutes = [
  callNext,
  callTicket,
  recallTicket,
  startTicket,
  progressTicket,
  completeTicket,
  noShowTicket,
  returnTicket,
  transferTicket,
  holdTicket,
  resumeTicket,
  reopenTicket,
  cancelTicket,
  postponeTicket,
  arriveTicket,
  awayTicket,
  backTicket,
] as const;
