import { FoyerError } from '../../../contract/errors.ts';
import { renderTicket } from '../tickets/render-ticket.ts';
import type { Actor, TicketOutcome } from '../work/inputs.ts';

/** A refusal with the present ticket, as the caller may see it. */
export const ticketProblem = (
  code: 'ticket.stale_version' | 'ticket.bad_transition',
  ticketed: TicketOutcome,
  actor: Actor,
): FoyerError =>
  new FoyerError(code, {
    details: { ticket: renderTicket(ticketed, actor.as === 'staff' ? 'staff' : 'owner') },
  });
