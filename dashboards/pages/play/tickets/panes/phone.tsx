import type { Ticket } from '../../../../../contract/tickets.ts';
import { QrCode, ticketLink } from '../../../staff/dialogs/new-ticket.tsx';
import { people, span } from '../../../staff/texts.ts';
import type { Controller } from '../controller.ts';
import { Pane } from './pane.tsx';

/** What a visitor has on the phone. */
export function Phone({ controller, isNext }: { controller: Controller; isNext: boolean }) {
  const mine = controller.mine();
  const link = mine ? ticketLink({ id: mine.ticket.id, claimToken: mine.claimToken }) : null;
  return (
    <Pane
      title="On a phone"
      isNext={isNext}
      {...(link ? { link: [link, 'Open the page of this ticket'] } : {})}
    >
      {mine ? (
        <>
          <p class="code">{mine.ticket.code}</p>
          <p class={mine.ticket.state === 'called' ? 'go' : ''}>{placeWords(mine.ticket)}</p>
        </>
      ) : (
        <p class="soft">No ticket yet.</p>
      )}
      <div class="actions">
        <button
          type="button"
          class={isNext ? 'main' : ''}
          disabled={controller.isBusy()}
          onClick={() => controller.takeTicket()}
        >
          {mine ? 'Take another ticket' : 'Take a ticket'}
        </button>
      </div>
      {link ? (
        <details>
          <summary>QR code for a phone</summary>
          <QrCode text={link} label="QR code of the page of this ticket" />
        </details>
      ) : null}
    </Pane>
  );
}

/** What the ticket says to its owner. */
export function placeWords({ state, position, eta, counterName }: Ticket): string {
  switch (state) {
    case 'waiting': {
      const place = position ? `${people(position)} in front of you.` : "You're next.";
      return eta ? `${place} About ${span(eta.p50)} to ${span(eta.p90)}.` : place;
    }
    case 'called':
      return `Please go to ${counterName ?? 'the counter'}.`;
    case 'processing':
      return `You're being served at ${counterName ?? 'the counter'}.`;
    case 'held':
      return 'Your ticket is on hold.';
    case 'done':
      return 'Done. Thank you for your visit.';
    case 'no_show':
      return "We called you, but you didn't come.";
    case 'cancelled':
      return 'This ticket is cancelled.';
  }
}
