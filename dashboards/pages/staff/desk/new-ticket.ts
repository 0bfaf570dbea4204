import type { Ticket } from '../../../../contract/tickets.ts';

/** A ticket that staff took for somebody, with the secret of its page. */
export interface NewTicket extends Ticket {
  claimToken: string;
}

/** What staff say about it. */
export interface TicketForm {
  queueId: string;
  customerName?: string;
  priority?: number;
  scheduledAt?: string;
}
