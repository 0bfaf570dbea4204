import { z } from 'zod';
import { analyticsRoutes } from './tickets/analytics.ts';
import { boardRoutes } from './tickets/boards.ts';
import { counterCommands, counterRoutes } from './tickets/counters.ts';
import { queueRoutes } from './tickets/queues.ts';
import { ticketCommands, ticketPushes } from './tickets/sockets.ts';
import { ticket } from './tickets/ticket.ts';
import { ticketRoutes } from './tickets/tickets.ts';
import { verbRoutes } from './tickets/verbs.ts';

export * from './tickets/analytics.ts';
export * from './tickets/boards.ts';
export * from './tickets/counters.ts';
export { errors } from './tickets/errors.ts';
export * from './tickets/queues.ts';
export * from './tickets/sockets.ts';
export * from './tickets/ticket.ts';
export * from './tickets/tickets.ts';
export * from './tickets/verbs.ts';
export { webhookEvents } from './tickets/webhook-events.ts';

/** My live tickets, oldest first. */
export const currentState = { tickets: z.array(ticket) } as const;

export const routes = [
  ...queueRoutes,
  ...counterRoutes,
  ...ticketRoutes,
  ...verbRoutes,
  ...boardRoutes,
  ...analyticsRoutes,
] as const;
export const commands = [...counterCommands, ...ticketCommands] as const;
export const pushes = ticketPushes;
