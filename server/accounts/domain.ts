import type { CreateServerDomain } from '../define-domain.ts';
import { accountRoutes } from './routes.ts';

export const createAccounts: CreateServerDomain = (deps) => ({ routes: accountRoutes(deps) });
