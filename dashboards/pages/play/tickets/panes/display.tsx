import type { Queue } from '../../../../../contract/tickets.ts';
import { people } from '../../../staff/texts.ts';
import type { Controller } from '../controller.ts';
import { Pane } from './pane.tsx';

/** What hangs on the wall. */
export function Display({
  controller,
  queue,
  isNext,
}: {
  controller: Controller;
  queue: Queue;
  isNext: boolean;
}) {
  const board = controller.board();
  const [last, ...earlier] = board?.lastCalled ?? [];
  return (
    <Pane title="On the display" isNext={isNext} link={[`/board/${queue.id}`, 'Open the display']}>
      {last ? (
        <>
          <p class="code">{last.code}</p>
          <p>{last.counter}</p>
        </>
      ) : (
        <p class="soft">Nobody has been called yet.</p>
      )}
      {earlier.length > 0 ? (
        <ol class="codes" aria-label="Called before">
          {earlier.slice(0, 5).map(({ code, calledAt }) => (
            <li key={`${code} ${calledAt}`}>{code}</li>
          ))}
        </ol>
      ) : null}
      <p class="soft">
        {board?.waiting ? `${people(board.waiting)} waiting` : 'Nobody is waiting.'}
      </p>
    </Pane>
  );
}
