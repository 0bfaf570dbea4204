import { reconcileIndex as reconcileIndexJob } from '../../jobs/matchmaking.ts';
import type { WorkerDomain } from '../deps.ts';
import { avoidPair } from './pool/avoid-pair.ts';
import { matchPass } from './pool/match-pass.ts';
import { matchSweep, sweepPool } from './pool/match-sweep.ts';
import { reclaimExpiredClaims } from './pool/reclaim-expired-claims.ts';
import { reconcileIndex, reconcileSweep } from './pool/reconcile-index.ts';
import { expireRequests } from './requests/expire-requests.ts';
import { orphanRequests } from './requests/orphan-requests.ts';
import { createSessions } from './sessions/create-sessions.ts';
import { endLostSessions } from './sessions/end-lost-sessions.ts';
import { staleSessions } from './sessions/stale-sessions.ts';
import { timeOutDue, timeOutSessions } from './sessions/time-out-sessions.ts';

/** The processors of matchmaking, and what a new epoch restores. */
export const domain: WorkerDomain<'matchmaking'> = {
  processors: {
    'matchmaking.match-pass': matchPass,
    'matchmaking.sweep-pool': sweepPool,
    'matchmaking.create-sessions': createSessions,
    'matchmaking.time-out-sessions': timeOutSessions,
    'matchmaking.time-out-due': timeOutDue,
    'matchmaking.end-lost-sessions': endLostSessions,
    'matchmaking.avoid-pair': avoidPair,
    'matchmaking.reconcile-index': reconcileIndex,
    'matchmaking.match-sweep': matchSweep,
    'matchmaking.reclaim-holds': reclaimExpiredClaims,
    'matchmaking.expire-requests': expireRequests,
    'matchmaking.orphan-requests': orphanRequests,
    'matchmaking.stale-sessions': staleSessions,
    'matchmaking.reconcile-sweep': reconcileSweep,
  },
  onNewEpoch: (deps) => deps.enqueue(reconcileIndexJob, {}),
};
