import { z } from 'zod';
import { defineRoute } from '../define.ts';
import { bigintId, bigintIds, timestamp } from '../fields.ts';
import { queuePath, queueStates } from './queues.ts';
import { waitEstimate } from './ticket.ts';

const counterName = z.string().nullable();

/** What a display shows: codes and names of counters, never a person's name. */
export const board = z.strictObject({
  queue: z.strictObject({ id: bigintId, name: z.string(), state: z.enum(queueStates) }),
  seq: z.int().min(0),
  serving: z.array(z.strictObject({ code: z.string(), counter: counterName })),
  waiting: z.int().min(0),
  lastCalled: z
    .array(z.strictObject({ code: z.string(), counter: counterName, calledAt: timestamp }))
    .max(10)
    .meta({ description: 'Newest first' }),
  wait: waitEstimate.nullable(),
  opensAt: timestamp.nullable().meta({ description: 'When a closed queue opens by its hours' }),
});
export type Board = z.infer<typeof board>;

export const MAX_BOARDS = 20;

export const readBoard = defineRoute({
  method: 'get',
  path: '/v1/queues/{id}/board',
  summary: 'Read the board of a queue',
  access: 'public',
  params: queuePath,
  responses: { 200: board },
  errors: ['queue.not_found'],
  etag: true,
  anyOrigin: true,
});

export const readBoards = defineRoute({
  method: 'get',
  path: '/v1/board',
  summary: 'Read the boards of several queues',
  access: 'public',
  query: z.strictObject({ queueIds: bigintIds(MAX_BOARDS) }),
  responses: { 200: z.strictObject({ items: z.array(board) }) },
  errors: ['queue.not_found'],
  etag: true,
  anyOrigin: true,
});

export const boardRoutes = [readBoard, readBoards] as const;
