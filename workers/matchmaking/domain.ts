import { usersWithLiveState } from '../../db/matchmaking/sessions/sessions.ts';
import { observeAbsent } from '../../db/presence/leases.ts';
import { reconcileIndex as reconcileIndexJob } from '../../jobs/matchmaking.ts';
import type { WorkerDeps, WorkerDomain } from '../deps.ts';
import { avoidPair } from './pool/avoid-pair.ts';
import { matchPass } from './pool/match-pass.ts';
import { matchSweep } from './pool/match-sweep.ts';
import { reclaimExpiredClaims } from './pool/reclaim-expired-claims.ts';
import { reconcileIndex, reconcileSweep } from './pool/reconcile-index.ts';
import { expireRequests } from './requests/expire-requests.ts';
import { orphanRequests } from './requests/orphan-requests.ts';
import { createSessions } from './sessions/create-sessions.ts';
import { endLostSessions } from './sessions/end-lost-sessions.ts';
import { staleSessions } from './sessions/stale-sessions.ts';
import { timeOutSessions } from './sessions/time-out-sessions.ts';

export const domain: WorkerDomain<'matchmaking'> = {
  processors: {
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
  },
  onNewEpoch: async (deps) => {
    await deps.enqueue(reconcileIndexJob, {});
    await observeUsersWithLiveState(deps);
  },
};

const PAGE = 1_000;
const NIL = '00000000-0000-0000-0000-000000000000';

/**
 * In a new epoch nobody's absence is known. Instances list their people within a watchdog's turn; the
 * grace counts from now, so whoever is only not listed yet has time enough.
 */
async function observeUsersWithLiveState({ db, redis }: WorkerDeps): Promise<void> {
  for (let after = NIL; ; ) {
    const users = await usersWithLiveState(db, after, PAGE);
    await observeAbsent(redis, users);
    after = users.at(-1) ?? after;
    if (users.length < PAGE) return;
  }
}
