import type { Ticket, WaitEstimate } from '../../../contract/tickets.ts';
import { loggedTicket, type Names } from '../log/logged-ticket.ts';
import type { TicketRow } from './ticket-row.ts';

/** Who reads a ticket: staff see also where its call was shown. */
export type Reader = 'staff' | 'owner';

interface Seen {
  ticket: TicketRow;
  names: Names;
  position: number | null;
  eta?: WaitEstimate | null;
}

/** A ticket with the name of its person. `eta` is null in answers to POST: a stored answer must not change. */
export function renderTicket(
  { ticket, names, position, eta = null }: Seen,
  reader: Reader,
): Ticket {
  const { shown, ...plain } = loggedTicket(ticket, names);
  return {
    ...plain,
    ...(reader === 'staff' && shown ? { shown } : {}),
    customerName: ticket.customerName,
    position,
    eta,
  };
}
