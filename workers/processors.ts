import { purgeExpired } from './accounts/purge-expired.ts';
import type { Processors } from './deps.ts';
import { avoidPair } from './matchmaking/avoid-pair.ts';
import { createSessions } from './matchmaking/create-sessions.ts';
import { endLostSessions } from './matchmaking/end-lost-sessions.ts';
import { expireRequests } from './matchmaking/expire-requests.ts';
import { matchPass } from './matchmaking/match-pass.ts';
import { matchSweep } from './matchmaking/match-sweep.ts';
import { orphanRequests } from './matchmaking/orphan-requests.ts';
import { reclaimHolds } from './matchmaking/reclaim-holds.ts';
import { reconcileIndex, reconcileSweep } from './matchmaking/reconcile-index.ts';
import { staleSessions } from './matchmaking/stale-sessions.ts';
import { timeOutSessions } from './matchmaking/time-out-sessions.ts';

/** Every job has a processor: a job that is missing here does not compile. */
export const processors: Processors = {
  'accounts.purge-expired': purgeExpired,
  'matchmaking.match-pass': matchPass,
  'matchmaking.create-sessions': createSessions,
  'matchmaking.time-out-sessions': timeOutSessions,
  'matchmaking.end-lost-sessions': endLostSessions,
  'matchmaking.avoid-pair': avoidPair,
  'matchmaking.reconcile-index': reconcileIndex,
  'matchmaking.match-sweep': matchSweep,
  'matchmaking.reclaim-holds': reclaimHolds,
  'matchmaking.expire-requests': expireRequests,
  'matchmaking.orphan-requests': orphanRequests,
  'matchmaking.stale-sessions': staleSessions,
  'matchmaking.reconcile-sweep': reconcileSweep,
};
