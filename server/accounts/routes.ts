import type { ServerDeps } from '../deps.ts';
import type { MountedRoute } from '../routes/route.ts';
import { blockRoutes } from './block-routes.ts';
import { profileRoutes } from './profile-routes.ts';
import { refreshRoutes } from './refresh-routes.ts';
import { reportRoutes } from './report-routes.ts';
import { signInRoutes } from './sign-in-routes.ts';

/** Every route of `contract/accounts.ts`. */
export const accountRoutes = (deps: ServerDeps): MountedRoute[] => [
  ...signInRoutes(deps),
  ...refreshRoutes(deps),
  ...profileRoutes(deps),
  ...blockRoutes(deps),
  ...reportRoutes(),
];
