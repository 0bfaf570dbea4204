import type { ChaosDomain } from '../../domain.ts';
import { backlog } from './backlog.ts';
import { counts } from './counts.ts';
import { type Crowd, crowdOf } from './crowd.ts';
import { invariants } from './invariants.ts';
import { probe } from './probe.ts';
import { env } from './settings.ts';

/** People who join, talk and leave, on sockets and by polling. */
export const chaosDomain: ChaosDomain<Crowd> = {
  name: 'matchmaking',
  env,
  audited: ['match_requests', 'sessions', 'session_participants', 'session_events', 'blocks'],
  load: crowdOf,
  probe,
  backlog,
  invariants,
  counts,
};
