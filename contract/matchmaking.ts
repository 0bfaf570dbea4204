import {
  matchRequest,
  matchState,
  requestCommands,
  requestRoutes,
} from './matchmaking/requests.ts';
import {
  matchFound,
  session,
  sessionCommands,
  sessionRoutes,
  sessionState,
} from './matchmaking/sessions.ts';
import { sessionSignal, signallingCommands, signallingRoutes } from './matchmaking/signalling.ts';

export { errors } from './matchmaking/errors.ts';
export * from './matchmaking/requests.ts';
export * from './matchmaking/sessions.ts';
export * from './matchmaking/signalling.ts';

export { webhookEvents } from './matchmaking/webhook-events.ts';

/** The caller's newest request and live session. */
export const currentState = {
  matchRequest: matchRequest.nullable(),
  session: session.nullable(),
} as const;

export const routes = [...requestRoutes, ...sessionRoutes, ...signallingRoutes] as const;
export const commands = [...requestCommands, ...sessionCommands, ...signallingCommands] as const;
export const pushes = [matchState, matchFound, sessionState, sessionSignal] as const;
