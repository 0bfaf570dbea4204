import type * as contract from '../../contract/accounts.ts';
import type { ClientDomain } from '../define-domain.ts';
import { accountRoutes } from './routes.ts';

/** The calls of accounts. They keep no state: `createClient` itself signs in and out. */
export const accounts: ClientDomain<'accounts', typeof contract> = {
  name: 'accounts',
  routes: accountRoutes,
  anonymous: ['guest', 'login', 'signInHere', 'refresh', 'logout'],
  // `register` has no idempotency key: after an unknown outcome, a repeat would find its own new username
  // taken. `refresh` is part of another call, and that call is repeated.
  neverRepeated: ['register', 'refresh'],
};
