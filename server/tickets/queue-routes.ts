import { bigintId } from '../../contract/fields.ts';
import * as contract from '../../contract/tickets.ts';
import { createQueue } from '../../db/tickets/queues/create-queue.ts';
import { type QueueRow, renderQueue } from '../../db/tickets/queues/queue-row.ts';
import { asSlugTaken, changeQueue, findQueue, listQueues } from '../../db/tickets/queues/queues.ts';
import { runCommand } from '../../db/write/run-command.ts';
import { decodeCursor, pageOf } from '../routes/cursor.ts';
import { type MountedRoute, mount } from '../routes/route.ts';
import { jsonAnswer, rendering } from '../routes/stored-answer.ts';
import type { Tickets } from './operations.ts';

const renderCreated = rendering((row: QueueRow) => jsonAnswer(201, renderQueue(row)));

/** Routes of queues and their settings. */
export const queueRoutes = ({ publishBoards, jobs }: Tickets): MountedRoute[] => [
  mount(contract.createQueue, ({ body, db, key, requestId }) =>
    runCommand(body, { db, command: createQueue, render: renderCreated, key, requestId }).catch(
      (error) => {
        // A queue that is renamed at this moment has taken the slug.
        throw asSlugTaken(error);
      },
    ),
  ),
  mount(contract.listQueues, async ({ query: { cursor, limit }, db }) => {
    const rows = await listQueues(db, { after: decodeCursor(cursor, bigintId), limit: limit + 1 });
    return { status: 200, body: pageOf(rows.map(renderQueue), limit, ({ id }) => id) };
  }),
  mount(contract.readQueue, async ({ params, db }) => ({
    status: 200,
    body: renderQueue(await findQueue(db, params.id)),
  })),
  mount(contract.changeQueue, {
    owner: ({ params, db }) => findQueue(db, params.id),
    handle: async ({ params, body, db }) => {
      const row = await changeQueue(db, params.id, body);
      publishBoards([row.id]);
      jobs.follow(row);
      return { status: 200, body: renderQueue(row) };
    },
  }),
];
