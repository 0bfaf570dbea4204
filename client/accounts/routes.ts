import type * as accounts from '../../contract/accounts.ts';
import type { Calls, RouteTable } from '../define.ts';

export type AccountCalls = Calls<typeof accounts>;

/** The routes of accounts by their names in the contract. */
export const accountRoutes = {
  guest: 'POST /v1/auth/guest',
  register: 'POST /v1/auth/register',
  login: 'POST /v1/auth/login',
  signInHere: 'POST /v1/auth/local-staff',
  refresh: 'POST /v1/auth/refresh',
  logout: 'POST /v1/auth/logout',
  readMe: 'GET /v1/me',
  changeMe: 'PATCH /v1/me',
  findUsers: 'GET /v1/users',
  readUser: 'GET /v1/users/{id}',
  changeRole: 'PUT /v1/users/{id}/role',
  listBlocks: 'GET /v1/me/blocks',
  block: 'PUT /v1/me/blocks/{userId}',
  unblock: 'DELETE /v1/me/blocks/{userId}',
  reportUser: 'POST /v1/reports',
  listReports: 'GET /v1/reports',
  changeReport: 'PATCH /v1/reports/{id}',
} as const satisfies RouteTable<typeof accounts>;
