import type * as tickets from '../../contract/tickets.ts';
import type { PublicRoutesOf } from '../public/public-routes.ts';
import { ticketClaims, ticketRoutes } from './routes.ts';

type Public = 'createTicket' | 'readBoard' | 'readBoards' | keyof typeof ticketClaims;

/**
 * The routes of tickets that need no account, for `createPublicClient`. Those of one ticket need its claim
 * token: `client.http.readTicket({ id }, { claim: claimToken })`.
 */
export const publicTicketRoutes: PublicRoutesOf<typeof tickets, Public> = {
  routes: {
    createTicket: ticketRoutes.createTicket,
    readBoard: ticketRoutes.readBoard,
    readBoards: ticketRoutes.readBoards,
    readTicket: ticketRoutes.readTicket,
    readTicketHistory: ticketRoutes.readTicketHistory,
    readOvertakes: ticketRoutes.readOvertakes,
    cancelTicket: ticketRoutes.cancelTicket,
    postponeTicket: ticketRoutes.postponeTicket,
    arriveTicket: ticketRoutes.arriveTicket,
    awayTicket: ticketRoutes.awayTicket,
    backTicket: ticketRoutes.backTicket,
  },
  claims: ticketClaims,
};
