import { actionsFor } from '../desk/actions.ts';
import type { ActProps } from './current-ticket.tsx';

/** Tickets that were set aside, of all my queues. */
export function HeldList({ controller, around, onAct }: ActProps) {
  const held = controller
    .myQueues()
    .flatMap(({ id }) => controller.live.states().get(id)?.held ?? []);
  if (held.length === 0) return null;
  return (
    <section class="panel" aria-label="On hold">
      <h2>On hold</h2>
      <ul class="held">
        {held.map((ticket) => (
          <li key={ticket.id}>
            <span>
              <strong>{ticket.code}</strong> {ticket.customerName ?? ''}
            </span>
            <span class="row-actions">
              {actionsFor(ticket, around).map((button) => (
                <button
                  key={button.action}
                  type="button"
                  class="small"
                  disabled={controller.isBusy()}
                  aria-label={`${button.label} ${ticket.code}`}
                  onClick={() => onAct(button, ticket)}
                >
                  {button.label}
                </button>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
