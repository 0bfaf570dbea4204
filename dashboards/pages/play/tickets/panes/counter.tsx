import { actionsFor } from '../../../staff/desk/actions.ts';
import { people, stateWords } from '../../../staff/texts.ts';
import type { Controller } from '../controller.ts';
import { Pane } from './pane.tsx';

/** A small staff console: call, serve, finish. */
export function Counter({ controller, isNext }: { controller: Controller; isNext: boolean }) {
  const { desk, attempt } = controller;
  const ticket = desk.ticket();
  const rows = desk.rows();
  const isOpen = desk.counter.get()?.state === 'open';
  const busy = controller.isBusy();
  // What asks a question first is on the staff page.
  const actions = ticket
    ? actionsFor(ticket, { isFree: false, canTransfer: false }).filter(
        ({ asks }) => asks === 'nothing',
      )
    : [];
  return (
    <Pane title="At the counter" isNext={isNext} link={['/staff', 'Open the staff page']}>
      {ticket ? (
        <>
          <p class="code">{ticket.code}</p>
          <p>{stateWords(ticket)}</p>
        </>
      ) : (
        <p>
          {rows.length === 0
            ? 'Nobody is waiting.'
            : `${people(rows.length)} ${rows.length === 1 ? 'is' : 'are'} waiting.`}
        </p>
      )}
      <div class="actions">
        {isOpen ? null : (
          <button
            type="button"
            class="main"
            disabled={busy}
            onClick={() => attempt(desk.counter.open)}
          >
            Open the counter
          </button>
        )}
        {isOpen && !ticket ? (
          <button
            type="button"
            class={isNext ? 'main' : ''}
            disabled={busy}
            onClick={() => attempt(desk.work.callNext)}
          >
            Call next
          </button>
        ) : null}
        {ticket
          ? actions.map(({ action, label, tone }) => (
              <button
                key={action}
                type="button"
                class={tone}
                disabled={busy}
                onClick={() => attempt(() => desk.work.act(action, ticket))}
              >
                {label}
              </button>
            ))
          : null}
      </div>
      {rows.length > 0 ? (
        <ol class="codes" aria-label="Waiting">
          {rows.slice(0, 12).map(({ ticket: { id, code } }) => (
            <li key={id}>{code}</li>
          ))}
        </ol>
      ) : null}
    </Pane>
  );
}
