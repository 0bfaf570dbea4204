import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Counter, Ticket } from '../../../../contract/tickets.ts';
import type { Controller } from '../controller.ts';
import { type ActionButton, type Around, actionsFor } from '../desk/actions.ts';
import { clock, doneWords, people, stateWords } from '../texts.ts';
import { Shortcut } from './shortcut.tsx';

export interface ActProps {
  controller: Controller;
  around: Around;
  onAct: (button: ActionButton, ticket: Ticket) => void;
}

/** The ticket at my counter, or the button that calls the next one. */
export function CurrentTicket({
  controller,
  counter,
  around,
  onAct,
}: ActProps & { counter: Counter }) {
  const ticket = controller.ticket();
  const panel = useRef<HTMLElement>(null);
  const shown = `${ticket?.id} ${ticket?.state}`;
  // The pressed button is gone with its state. The keyboard goes on here, not at the top of the page.
  useLayoutEffect(() => {
    if (document.activeElement === document.body) panel.current?.focus();
  }, [shown]);
  return (
    <section ref={panel} class="panel current" tabIndex={-1} aria-label="My ticket">
      {ticket ? (
        <AtCounter controller={controller} ticket={ticket} around={around} onAct={onAct} />
      ) : (
        <Idle controller={controller} isOpen={counter.state === 'open'} />
      )}
      <UndoBar controller={controller} />
    </section>
  );
}

function AtCounter({ controller, ticket, around, onAct }: ActProps & { ticket: Ticket }) {
  const since = ticket.state === 'processing' ? ticket.startedAt : ticket.calledAt;
  const seconds = (Date.now() - Date.parse(since ?? ticket.updatedAt)) / 1000;
  return (
    <>
      <p class="soft">
        {stateWords(ticket)} · <span class="time">{clock(seconds)}</span>
        {ticket.calls > 1 ? ` · called ${ticket.calls} times` : ''}
      </p>
      <h2 class="code">{ticket.code}</h2>
      {ticket.customerName ? <p class="who">{ticket.customerName}</p> : null}
      <p class="soft">{ticket.queueName}</p>
      {controller.proof.isUnseen() ? (
        <p class="notice" role="alert">
          No display and no phone has shown this call yet. Call {ticket.code} aloud.
        </p>
      ) : null}
      <div class="actions">
        {actionsFor(ticket, around).map((button) => (
          <button
            key={button.action}
            type="button"
            class={button.tone}
            disabled={controller.isBusy()}
            onClick={() => onAct(button, ticket)}
          >
            {button.label} <Shortcut controller={controller}>{button.key}</Shortcut>
          </button>
        ))}
      </div>
    </>
  );
}

function Idle({ controller, isOpen }: { controller: Controller; isOpen: boolean }) {
  const { waiting } = controller.idleness();
  return (
    <>
      <h2 class="soft">
        {waiting === 0
          ? 'Nobody is waiting'
          : `${people(waiting)} ${waiting === 1 ? 'is' : 'are'} waiting`}
      </h2>
      <button
        type="button"
        class="main next"
        disabled={!isOpen || controller.isBusy()}
        onClick={() => controller.callNext()}
      >
        Call next <Shortcut controller={controller}>N</Shortcut>
      </button>
      {isOpen ? (
        <p class="soft">{controller.notice() ?? ''}</p>
      ) : (
        <p class="soft">Open your counter to call people.</p>
      )}
    </>
  );
}

function UndoBar({ controller }: { controller: Controller }) {
  const undo = controller.undo.current();
  if (!undo) return null;
  return (
    <p class="undo" role="status">
      {doneWords(undo.ticket)}{' '}
      <button type="button" class="quiet" onClick={() => controller.undoLast()}>
        Undo <Shortcut controller={controller}>U</Shortcut>
      </button>
    </p>
  );
}
