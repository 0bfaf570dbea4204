import type * as contract from '../../contract/accounts.ts';
import type { ClientDomain } from '../define-domain.ts';
import { accountRoutes } from './routes.ts';

/** Accounts have no state of their own here. The client itself signs in and out; see `createClient`. */
export const accounts: ClientDomain<'accounts', typeof contract> = {
  name: 'accounts',
  routes: accountRoutes,
  anonymous: ['guest', 'login', 'refresh', 'logout'],
  // Registering has no key: a repeat after an unknown outcome would call our own new name taken.
  // A renewal is part of another call, which is repeated itself.
  neverRepeated: ['register', 'refresh'],
};
