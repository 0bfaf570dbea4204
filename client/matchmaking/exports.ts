/** What `foyer/client/matchmaking` exports. */
export type {
  MatchRequest,
  Session,
  Signal,
} from '../../contract/matchmaking.ts';
export type { Matchmaking, MatchmakingOptions } from './domain.ts';
export { publicMatchmakingRoutes } from './public-routes.ts';
export type { Call, CallOptions, CallPhase, CallState, CallTimes } from './signalling/call.ts';
export { createCall } from './signalling/call.ts';
export type { MatchmakingState } from './state.ts';
export { isLive, isWaiting } from './state.ts';
