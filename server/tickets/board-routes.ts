import { FoyerError } from '../../contract/errors.ts';
import type { Board } from '../../contract/tickets.ts';
import * as contract from '../../contract/tickets.ts';
import { readBoards } from '../../db/tickets/boards/boards.ts';
import { createBatchLoader } from '../batch-loader.ts';
import type { ServerDeps } from '../deps.ts';
import { type MountedRoute, mount } from '../routes/route.ts';

/** Reads a board. Readers of one turn share a statement. @throws {FoyerError} queue.not_found */
export type LoadBoard = (queueId: string) => Promise<Board>;

export function createLoadBoard({ db }: Pick<ServerDeps, 'db'>): LoadBoard {
  const load = createBatchLoader(
    async (ids) =>
      new Map((await readBoards(db, ids)).map((board) => [board.queue.id, board] as const)),
  );
  return async (queueId) => {
    const board = await load(queueId);
    if (!board) throw new FoyerError('queue.not_found');
    return board;
  };
}

/** Public routes of boards. */
export const boardRoutes = (loadBoard: LoadBoard): MountedRoute[] => [
  mount(contract.readBoard, async ({ params }) => ({
    status: 200,
    body: await loadBoard(params.id),
  })),
  mount(contract.readBoards, async ({ query }) => ({
    status: 200,
    body: { items: await Promise.all(query.queueIds.map(loadBoard)) },
  })),
];
