import type * as tickets from '../../contract/tickets.ts';
import type { RouteTable } from '../define.ts';

/** The routes of tickets by their names in the contract. */
export const ticketRoutes = {
  createQueue: 'POST /v1/queues',
  listQueues: 'GET /v1/queues',
  readQueue: 'GET /v1/queues/{id}',
  changeQueue: 'PATCH /v1/queues/{id}',
  createCounter: 'POST /v1/counters',
  listCounters: 'GET /v1/counters',
  changeCounter: 'PATCH /v1/counters/{id}',
  heartbeatCounter: 'POST /v1/counters/{id}/heartbeat',
  callNext: 'POST /v1/counters/{id}/call-next',
  createTicket: 'POST /v1/queues/{id}/tickets',
  listTickets: 'GET /v1/queues/{id}/tickets',
  readTicket: 'GET /v1/tickets/{id}',
  readTicketHistory: 'GET /v1/tickets/{id}/history',
  readOvertakes: 'GET /v1/tickets/{id}/overtakes',
  listQueueEvents: 'GET /v1/queues/{id}/events',
  callTicket: 'POST /v1/tickets/{id}/call',
  recallTicket: 'POST /v1/tickets/{id}/recall',
  startTicket: 'POST /v1/tickets/{id}/start',
  progressTicket: 'POST /v1/tickets/{id}/progress',
  completeTicket: 'POST /v1/tickets/{id}/complete',
  noShowTicket: 'POST /v1/tickets/{id}/no-show',
  returnTicket: 'POST /v1/tickets/{id}/return',
  transferTicket: 'POST /v1/tickets/{id}/transfer',
  holdTicket: 'POST /v1/tickets/{id}/hold',
  resumeTicket: 'POST /v1/tickets/{id}/resume',
  reopenTicket: 'POST /v1/tickets/{id}/reopen',
  cancelTicket: 'POST /v1/tickets/{id}/cancel',
  postponeTicket: 'POST /v1/tickets/{id}/postpone',
  arriveTicket: 'POST /v1/tickets/{id}/arrive',
  awayTicket: 'POST /v1/tickets/{id}/away',
  backTicket: 'POST /v1/tickets/{id}/back',
  readBoard: 'GET /v1/queues/{id}/board',
  readBoards: 'GET /v1/board',
  readAnalytics: 'GET /v1/queues/{id}/analytics',
} as const satisfies RouteTable<typeof tickets>;

const HEADER = 'X-Claim-Token';
/** The routes that the owner of a ticket calls with its claim token. */
export const ticketClaims = {
  readTicket: HEADER,
  readTicketHistory: HEADER,
  readOvertakes: HEADER,
  cancelTicket: HEADER,
  postponeTicket: HEADER,
  arriveTicket: HEADER,
  awayTicket: HEADER,
  backTicket: HEADER,
} as const;
