import { accountRoutes } from './accounts/routes.ts';
import type { ServerDeps } from './deps.ts';
import { operationsRoutes, type ProcessState } from './operations/routes.ts';
import type { MountedRoute } from './route.ts';

/** Every route of the catalogue with its handler; a test holds the two lists against each other. */
export const allRoutes = (deps: ServerDeps, state: ProcessState): MountedRoute[] => [
  ...accountRoutes(deps),
  ...operationsRoutes(deps, state),
];
