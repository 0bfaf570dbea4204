import { z } from 'zod';
import { definePush } from './define.ts';
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

export * from './matchmaking/requests.ts';
export * from './matchmaking/sessions.ts';
export * from './matchmaking/signalling.ts';

export const stateCurrent = definePush({
  event: 'state:current',
  namespace: '/',
  summary: 'Your current state, sent after each connect',
  payload: z.strictObject({ matchRequest: matchRequest.nullable(), session: session.nullable() }),
});

export const routes = [...requestRoutes, ...sessionRoutes, ...signallingRoutes] as const;
export const commands = [...requestCommands, ...sessionCommands, ...signallingCommands] as const;
export const pushes = [matchState, matchFound, sessionState, sessionSignal, stateCurrent] as const;
