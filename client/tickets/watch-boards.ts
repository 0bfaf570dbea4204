import type { Board } from '../../contract/tickets.ts';
import type { Subscription } from '../subscriptions.ts';
import type { WatchOne } from '../watch.ts';
import { isNewerBoard } from './newest.ts';
import { boardsOf, watchedBoards } from './watchables.ts';

export interface BoardsWatcher {
  /** The newest boards, in the order of `queueIds`: after the first answer and after each change. */
  boards: (boards: readonly Board[]) => void;
  /** The board that changed. It is called before `boards`; the first answer is no change. */
  changed?: (board: Board) => void;
  /** A queue does not exist. Nothing follows. */
  ended?: (error: unknown) => void;
}

/** Watches the boards of up to 20 queues with one subscription, over reconnects. For clients of `/public`. */
export function watchBoards(
  client: { watch: WatchOne },
  queueIds: readonly string[],
  { boards, changed, ended }: BoardsWatcher,
): Subscription {
  const [first = ''] = queueIds;
  const payload = queueIds.length > 1 ? { queueIds: [...queueIds] } : { queueId: first };
  const newest = new Map<string, Board>();
  const show = () =>
    boards(
      queueIds.flatMap((id) => {
        const board = newest.get(id);
        return board ? [board] : [];
      }),
    );
  return client.watch(watchedBoards, payload, {
    snapshot: (answer) => {
      for (const board of boardsOf(answer))
        if (isNewerBoard(newest.get(board.queue.id), board)) newest.set(board.queue.id, board);
      show();
    },
    push: (board) => {
      if (!isNewerBoard(newest.get(board.queue.id), board)) return;
      newest.set(board.queue.id, board);
      changed?.(board);
      show();
    },
    ...(ended ? { ended } : {}),
  });
}
