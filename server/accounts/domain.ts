import type { CreateServerDomain } from '../define-domain.ts';
import { accountRoutes } from './routes.ts';

/** The routes of accounts for one server process. */
export const createAccounts: CreateServerDomain = (deps) => ({ routes: accountRoutes(deps) });
