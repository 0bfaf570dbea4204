import { purgeExpired } from './accounts/purge-expired.ts';
import type { Processors } from './deps.ts';
import { avoidPair } from './matchmaking/pool/avoid-pair.ts';
import { matchPass } from './matchmaking/pool/match-pass.ts';
import { matchSweep } from './matchmaking/pool/match-sweep.ts';
import { reclaimExpiredClaims } from './matchmaking/pool/reclaim-expired-claims.ts';
import { reconcileIndex, reconcileSweep } from './matchmaking/pool/reconcile-index.ts';
import { expireRequests } from './matchmaking/requests/expire-requests.ts';
import { orphanRequests } from './matchmaking/requests/orphan-requests.ts';
import { createSessions } from './matchmaking/sessions/create-sessions.ts';
import { endLostSessions } from './matchmaking/sessions/end-lost-sessions.ts';
import { staleSessions } from './matchmaking/sessions/stale-sessions.ts';
import { timeOutSessions } from './matchmaking/sessions/time-out-sessions.ts';

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
  'matchmaking.reclaim-holds': reclaimExpiredClaims,
  'matchmaking.expire-requests': expireRequests,
  'matchmaking.orphan-requests': orphanRequests,
  'matchmaking.stale-sessions': staleSessions,
  'matchmaking.reconcile-sweep': reconcileSweep,
};
