import { waitingAbsence } from '../../../db/matchmaking/absence.ts';
import { cancelRequests, heldSessions } from '../../../db/matchmaking/requests/end-requests.ts';
import type { RequestRow } from '../../../db/matchmaking/requests/request-row.ts';
import { usersWithLiveStateAmong } from '../../../db/matchmaking/sessions/sessions.ts';
import {
  type Absence,
  forgetAbsent,
  listAbsent,
  stillAbsent,
} from '../../../db/presence/absence/absences.ts';
import { hotTransaction } from '../../../db/write/hot-transaction.ts';
import { applyEffects } from '../../../effects/matchmaking/apply-effects.ts';
import { matchmakingEvents } from '../../../effects/matchmaking/events.ts';
import { takeSteps } from '../../../effects/matchmaking/take-steps.ts';
import type { orphanRequests as job } from '../../../jobs/matchmaking.ts';
import type { JobContext, Processor } from '../../deps.ts';

const PAGE = 500;

/** Removes absent people from the queue, and declines sessions that wait for their answer. */
export const orphanRequests: Processor<typeof job> = async (_, context) => {
  const { config, redis } = context;
  const graceMs = waitingAbsence.graceMs(config);
  let cancelled = 0;
  for (let offset = 0, full = true; full; ) {
    const absent = await listAbsent(redis, waitingAbsence, { graceMs, limit: PAGE, offset });
    full = absent.length === PAGE;
    // A decline may put a request back that the cancellation then removes.
    cancelled += await declineForAbsent(context, absent);
    const { requests, kept } = await cancelAbsent(context, absent);
    cancelled += requests.length;
    offset += kept;
  }
  context.report(`${cancelled} requests of absent people cancelled`, cancelled);
};

/**
 * Cancels the requests of absent people, and forgets absences without a request or session. Redis is
 * asked just before the transaction, never under its locks: somebody who returns in between may lose
 * their place. People who are locked elsewhere keep theirs until the next run.
 */
async function cancelAbsent(
  context: JobContext,
  absent: Absence[],
): Promise<{ requests: RequestRow[]; kept: number }> {
  if (absent.length === 0) return { requests: [], kept: 0 };
  const { db, redis } = context;
  const userIds = absent.map(({ userId }) => userId);
  const gone = await stillAbsent(redis, waitingAbsence, absent);
  const requests = await hotTransaction(db, (trx) =>
    cancelRequests(
      trx,
      gone.map(({ userId }) => userId),
      'disconnected',
      { locking: 'skip', eventsOf: matchmakingEvents },
    ),
  );
  await applyEffects(context, { requests, sessions: [], found: [] }, () => context.requestId);
  const engaged = new Set(await usersWithLiveStateAmong(db, userIds));
  const done = absent.filter(({ userId }) => !engaged.has(userId));
  await forgetAbsent(redis, waitingAbsence, done);
  return { requests, kept: absent.length - done.length };
}

/** Declines for absent users whose partner waits for their answer. */
async function declineForAbsent(context: JobContext, absent: Absence[]): Promise<number> {
  if (absent.length === 0) return 0;
  const { db, redis } = context;
  const held = await heldSessions(
    db,
    absent.map(({ userId }) => userId),
  );
  if (held.length === 0) return 0;
  const gone = new Set(
    (await stillAbsent(redis, waitingAbsence, absent)).map(({ userId }) => userId),
  );
  const steps = held
    .filter(({ userId }) => gone.has(userId))
    .map(({ sessionId, userId }) => ({
      sessionId,
      command: { kind: 'decline', userId, cancelAs: 'disconnected' } as const,
    }));
  const effects = await takeSteps(context, steps);
  return effects.requests.filter(({ state }) => state === 'cancelled').length;
}
