import type { Domain } from '../domain.ts';
import type { Crowd } from './matchmaking/crowd.ts';

export { backlog } from './matchmaking/backlog.ts';
export { counts } from './matchmaking/counts.ts';
export { crowdOf as load } from './matchmaking/crowd.ts';
export { invariants } from './matchmaking/invariants.ts';
export { probe } from './matchmaking/probe.ts';
export { env } from './matchmaking/settings.ts';

export const name = 'matchmaking';
export const audited: Domain<Crowd>['audited'] = [
  'match_requests',
  'sessions',
  'session_participants',
  'session_events',
  'blocks',
];
