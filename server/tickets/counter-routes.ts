import { FoyerError } from '../../contract/errors.ts';
import { bigintId } from '../../contract/fields.ts';
import * as contract from '../../contract/tickets.ts';
import type { Db } from '../../db/knex.ts';
import { type CounterRow, renderCounter } from '../../db/tickets/counters/counter-row.ts';
import {
  changeCounter,
  findCounter,
  listCounters,
  renewLeases,
} from '../../db/tickets/counters/counters.ts';
import { createCounter } from '../../db/tickets/counters/create-counter.ts';
import { heartbeat } from '../../db/tickets/counters/heartbeat.ts';
import { runCommand } from '../../db/write/run-command.ts';
import { type MountedCommand, mountCommand } from '../gateway/mount.ts';
import { decodeCursor, pageOf } from '../routes/cursor.ts';
import { type MountedRoute, mount } from '../routes/route.ts';
import { jsonAnswer, rendering } from '../routes/stored-answer.ts';
import type { Attachments } from './attachments.ts';
import type { Tickets } from './operations.ts';

const renderCreated = rendering((row: CounterRow) => jsonAnswer(201, renderCounter(row)));
const renderRenewed = rendering((row: CounterRow) => jsonAnswer(200, renderCounter(row)));

/** Routes of counters. An open one may have work at once, and every display shows a new estimate. */
export function counterRoutes({ publishBoards, jobs }: Tickets): MountedRoute[] {
  const follow = ({ queueIds, state }: Pick<CounterRow, 'queueIds' | 'state'>) => {
    publishBoards(queueIds);
    if (state === 'open') jobs.dispatchAll(queueIds);
  };
  return [
    mount(contract.createCounter, async ({ body, db, key, requestId }) =>
      runCommand(body, {
        ...{ db, command: createCounter, render: renderCreated, key, requestId },
        applyEffects: async () => follow(body),
      }),
    ),
    mount(contract.listCounters, async ({ query: { cursor, limit }, db }) => {
      const after = decodeCursor(cursor, bigintId);
      const rows = await listCounters(db, { after, limit: limit + 1 });
      return { status: 200, body: pageOf(rows.map(renderCounter), limit, ({ id }) => id) };
    }),
    mount(contract.changeCounter, {
      owner: ({ params, db }) => findCounter(db, params.id),
      handle: async ({ params, body, db }) => {
        const row = await changeCounter(db, params.id, body);
        follow(row);
        return { status: 200, body: renderCounter(row) };
      },
    }),
    mount(contract.heartbeatCounter, async ({ params, db, key, requestId }) =>
      runCommand(
        { counterId: params.id },
        { db, command: heartbeat, render: renderRenewed, key, requestId },
      ),
    ),
  ];
}

/** Renew the lease of an open counter. @throws {FoyerError} counter.not_found · counter.not_open */
async function heldCounter(db: Db, id: string): Promise<CounterRow> {
  const [renewed] = await renewLeases(db, [id]);
  const counter = await findCounter(db, id);
  if (renewed === undefined) throw new FoyerError('counter.not_open');
  return counter;
}

/** Socket commands that hold the lease of a counter. */
export const counterCommands = (db: Db, attachments: Attachments): MountedCommand[] => [
  mountCommand(contract.counterAttach, async ({ payload: { counterId }, socket }) => {
    const counter = await heldCounter(db, counterId);
    attachments.add(counterId, socket);
    return renderCounter(counter);
  }),
  mountCommand(contract.counterDetach, async ({ payload: { counterId }, socket }) => {
    attachments.remove(counterId, socket.id);
    return renderCounter(await findCounter(db, counterId));
  }),
];
