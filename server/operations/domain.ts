import type { CreateServerDomain } from '../define-domain.ts';
import { operationsRoutes } from './routes.ts';

export const createOperations: CreateServerDomain = (deps) => ({
  routes: operationsRoutes(deps, deps.state),
});
