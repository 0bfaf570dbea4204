import { accountRoutes } from '../accounts/routes.ts';
import type { ServerDeps } from '../deps.ts';
import type { Matchmaking } from '../matchmaking/operations.ts';
import { matchmakingRoutes } from '../matchmaking/requests/routes.ts';
import { signallingRoutes } from '../matchmaking/signalling/signalling.ts';
import { operationsRoutes, type ProcessState } from '../operations/routes.ts';
import type { MountedRoute } from './route.ts';

/** Every route of the catalogue with its handler; a test holds the two lists against each other. */
export const allRoutes = (
  deps: ServerDeps,
  matchmaking: Matchmaking,
  state: ProcessState,
): MountedRoute[] => [
  ...accountRoutes(deps),
  ...matchmakingRoutes(deps, matchmaking),
  ...signallingRoutes(deps),
  ...operationsRoutes(deps, state),
];
