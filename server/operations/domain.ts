import type { CreateServerDomain } from '../define-domain.ts';
import { operationsRoutes } from './routes.ts';

/** The routes of the operations domain. */
export const createOperations: CreateServerDomain = (deps) => ({
  routes: operationsRoutes(deps, deps.state),
});
