/** What `foyer/client/tickets` exports. */
export type {
  Analytics,
  Board,
  Counter,
  LoggedEvent,
  Overtake,
  Place,
  Queue,
  Ticket,
  TicketEvent,
  TicketState,
  WaitEstimate,
} from '../../contract/tickets.ts';
export type { Tickets, TicketsOptions } from './domain.ts';
export type { TicketNow } from './newest.ts';
export { isNewerBoard, isNewerTicket } from './newest.ts';
export { publicTicketRoutes } from './public-routes.ts';
export type { OrderedQueue, QueueState } from './queue-state.ts';
export { queueStateOf, takeEvent } from './queue-state.ts';
export type { TicketsState } from './state.ts';
export { isLiveTicket } from './state.ts';
export type { BoardsWatcher } from './watch-boards.ts';
export { watchBoards } from './watch-boards.ts';
export type { TicketWatcher, WatchedTicket } from './watch-ticket.ts';
export { watchTicket } from './watch-ticket.ts';
export type { LiveTickets } from './watchables.ts';
export {
  boardsOf,
  watchedBoards,
  watchedQueue,
  watchedQueueLog,
  watchedTicket,
} from './watchables.ts';
