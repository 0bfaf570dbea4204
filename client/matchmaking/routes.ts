import type * as matchmaking from '../../contract/matchmaking.ts';
import type { Calls, RouteTable } from '../define.ts';

export type MatchmakingCalls = Calls<typeof matchmaking>;

/** The routes of matchmaking by their names in the contract. */
export const matchmakingRoutes = {
  listLanguages: 'GET /v1/languages',
  join: 'POST /v1/match-requests',
  readCurrentRequest: 'GET /v1/match-requests/current',
  cancelCurrentRequest: 'DELETE /v1/match-requests/current',
  readPoolStats: 'GET /v1/pools/{pool}/stats',
  listSessions: 'GET /v1/sessions',
  readCurrentSession: 'GET /v1/sessions/current',
  readSession: 'GET /v1/sessions/{id}',
  listSessionEvents: 'GET /v1/sessions/{id}/events',
  accept: 'POST /v1/sessions/{id}/accept',
  decline: 'POST /v1/sessions/{id}/decline',
  leave: 'POST /v1/sessions/{id}/leave',
  giveFeedback: 'POST /v1/sessions/{id}/feedback',
  readIceServers: 'GET /v1/sessions/{id}/ice-servers',
} as const satisfies RouteTable<typeof matchmaking>;
