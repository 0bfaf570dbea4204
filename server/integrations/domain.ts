import type { CreateServerDomain } from '../define-domain.ts';
import { deliveryRoutes } from './delivery-routes.ts';
import { subscriptionRoutes } from './subscription-routes.ts';

/** The routes of integrations for one server process. */
export const createIntegrations: CreateServerDomain = (deps) => ({
  routes: [...subscriptionRoutes(deps), ...deliveryRoutes(deps)],
});
