import type * as contract from '../../contract/integrations.ts';
import type { ClientDomain } from '../define-domain.ts';
import { integrationsRoutes } from './routes.ts';

/** The calls of integrations. They keep no state. */
export const integrations: ClientDomain<'integrations', typeof contract> = {
  name: 'integrations',
  routes: integrationsRoutes,
  anonymous: [],
  neverRepeated: [],
};
