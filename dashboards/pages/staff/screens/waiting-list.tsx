import { useState } from 'preact/hooks';
import { actionsFor } from '../desk/actions.ts';
import type { Row } from '../desk/waiting-rows.ts';
import { clock, statusWords } from '../texts.ts';
import type { ActProps } from './current-ticket.tsx';

/** More lines than this are shown only when asked for. */
const MOST = 50;

/** Who waits, in the order of their calls. */
export function WaitingList({ controller, around, onAct }: ActProps) {
  const [all, setAll] = useState(false);
  const rows = controller.rows();
  const shown = all ? rows : rows.slice(0, MOST);
  const hasQueues = controller.myQueues().length > 1;
  return (
    <section class="panel waiting" aria-label="Waiting">
      <h2>
        Waiting <span class="count">{rows.length}</span>
      </h2>
      {rows.length === 0 ? (
        <p class="soft">Nobody is waiting. To add someone, choose “New ticket”.</p>
      ) : null}
      <ol>
        {shown.map((row) => (
          <Line
            key={row.ticket.id}
            row={row}
            queueName={hasQueues ? row.ticket.queueName : null}
            {...{ controller, around, onAct }}
          />
        ))}
      </ol>
      {rows.length > shown.length ? (
        <button type="button" class="quiet" onClick={() => setAll(true)}>
          Show all {rows.length}
        </button>
      ) : null}
    </section>
  );
}

function Line({
  row,
  queueName,
  controller,
  around,
  onAct,
}: ActProps & { row: Row; queueName: string | null }) {
  const [isOpen, setOpen] = useState(false);
  const { ticket, place, waitedSeconds, isOverdue } = row;
  const status = statusWords(row);
  const [call, ...others] = split(actionsFor(ticket, around));
  return (
    <li class={row.status === 'here' ? '' : 'passed'}>
      <span class="place">{place}</span>
      <span class="who">
        <strong>{ticket.code}</strong> {ticket.customerName ?? ''}
        <small>
          {[queueName, status, ticket.priority > 0 ? `priority ${ticket.priority}` : null]
            .filter(Boolean)
            .join(' · ')}
        </small>
      </span>
      <span class={isOverdue ? 'time overdue' : 'time'}>
        {clock(waitedSeconds)}
        {isOverdue ? <small>over the target</small> : null}
      </span>
      <span class="row-actions">
        {call ? (
          <button
            type="button"
            class="small"
            disabled={controller.isBusy()}
            aria-label={`Call ${ticket.code} now`}
            onClick={() => onAct(call, ticket)}
          >
            Call
          </button>
        ) : null}
        <button
          type="button"
          class="small"
          aria-expanded={isOpen}
          aria-label={`More for ${ticket.code}`}
          onClick={() => setOpen(!isOpen)}
        >
          …
        </button>
      </span>
      {isOpen ? (
        <span class="more">
          {others.map((button) =>
            button ? (
              <button
                key={button.action}
                type="button"
                class={`small ${button.tone}`}
                disabled={controller.isBusy()}
                aria-label={`${button.label} ${ticket.code}`}
                onClick={() => onAct(button, ticket)}
              >
                {button.label}
              </button>
            ) : null,
          )}
        </span>
      ) : null}
    </li>
  );
}

/** The call first, if it is legal now. */
const split = (buttons: ReturnType<typeof actionsFor>) => [
  buttons.find(({ action }) => action === 'call'),
  ...buttons.filter(({ action }) => action !== 'call'),
];
