import { ticketsOfPerson } from '../../db/tickets/tickets/read-tickets.ts';
import { renderTicket } from '../../db/tickets/tickets/render-ticket.ts';
import type { CreateServerDomain } from '../define-domain.ts';
import { analyticsRoutes } from './analytics-routes.ts';
import { createAttachments } from './attachments.ts';
import { boardRoutes, createLoadBoard } from './board-routes.ts';
import { counterCommands, counterRoutes } from './counter-routes.ts';
import { createTickets } from './operations.ts';
import { queueRoutes } from './queue-routes.ts';
import { createReports } from './reports.ts';
import { createShownReports } from './shown-reports.ts';
import { ticketCommands, ticketSubscriptions } from './sockets.ts';
import { ticketRoutes } from './ticket-routes.ts';
import { verbRoutes } from './verb-routes.ts';

/** Queues, counters, tickets and boards for one server process. */
export const createTicketsDomain: CreateServerDomain = (deps) => {
  const tickets = createTickets(deps);
  const attachments = createAttachments(deps);
  const reports = createReports(deps);
  const shown = createShownReports(deps);
  const loadBoard = createLoadBoard(deps);
  return {
    routes: [
      ...queueRoutes(tickets),
      ...counterRoutes(tickets),
      ...ticketRoutes(deps, tickets),
      ...verbRoutes(deps, tickets),
      ...boardRoutes(loadBoard),
      ...analyticsRoutes(reports),
    ],
    commands: [...counterCommands(deps.db, attachments), ...ticketCommands(deps, shown)],
    subscriptions: ticketSubscriptions(deps, loadBoard),
    currentState: async ({ userId }) => ({
      tickets: (await ticketsOfPerson(deps.db, userId)).map((seen) => renderTicket(seen, 'owner')),
    }),
    async drain() {
      attachments.stop();
      await Promise.all([tickets.drain(), shown.drain(), reports.drain()]);
    },
  };
};
