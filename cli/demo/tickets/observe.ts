import { watchBoards } from '../../../client/tickets/watch-boards.ts';
import { watchedQueueLog } from '../../../client/tickets/watchables.ts';
import { entryOf, noteBoard } from './history.ts';
import type { World } from './world.ts';

/** Displays of one queue each, one of all of them, and staff who watch the logs. */
export function observe({ branch, visitor, staff, history }: World): { close(): void } {
  const ids = branch.queues.map(({ id }) => id);
  const displays = [...ids.map((id) => [id]), ids].map((shown, at) =>
    watchBoards(visitor, shown, {
      boards: (boards) => {
        for (const board of boards) noteBoard(history, `display ${at + 1}`, board);
      },
      changed: ({ queue, seq }) =>
        void visitor.emit('board:shown', { queueId: queue.id, seq }).catch(() => {}),
    }),
  );
  const watchers = ids.map((queueId) => {
    const take = (event: Parameters<typeof entryOf>[0]) =>
      history.logs.get(queueId)?.watched.push(entryOf(event));
    return staff.watch(
      watchedQueueLog,
      { queueId },
      {
        // The first answer has tickets and no events.
        snapshot: (answer) => {
          if ('events' in answer) for (const event of answer.events) take(event);
        },
        push: take,
      },
    );
  });
  return {
    close: () => {
      for (const each of [...displays, ...watchers]) each.close();
    },
  };
}
