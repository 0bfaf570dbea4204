import type { Db } from '../../db/knex.ts';
import { type Push, toRoom } from '../../db/realtime/push.ts';
import { readBoards } from '../../db/tickets/boards/boards.ts';
import { boardRoom } from '../../db/tickets/rooms.ts';

/** Publish the boards of these queues soon. Never throws. */
export type PublishBoards = (queueIds: readonly string[]) => void;

/** Changes within this time are one push a queue. */
const WINDOW_MS = 30;

/**
 * Boards are read and published at most once in a window, whatever the number of changes: one statement
 * and one push a queue. A push that is lost shows in the seq of the next one, and displays read
 * again every minute.
 */
export function createPublishBoards(
  { db, push }: { db: Db; push: Push },
  onLost: (error: unknown) => void,
): PublishBoards & { drain(): Promise<void> } {
  const waiting = new Set<string>();
  let running: Promise<void> | undefined;

  async function publishAll(): Promise<void> {
    while (waiting.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, WINDOW_MS).unref());
      const ids = [...waiting];
      waiting.clear();
      await readBoards(db, ids).then((boards) => {
        for (const board of boards) push(toRoom(boardRoom(board.queue.id)), 'board:state', board);
      }, onLost);
    }
    running = undefined;
  }

  const publish = (queueIds: readonly string[]) => {
    for (const id of queueIds) waiting.add(id);
    running ??= publishAll();
  };
  return Object.assign(publish, { drain: async () => running });
}
