import { callAbsence } from '../../../db/matchmaking/absence.ts';
import {
  activeSessionsOf,
  usersWithLiveStateAmong,
} from '../../../db/matchmaking/sessions/sessions.ts';
import {
  type Absence,
  forgetAbsent,
  listAbsent,
  stillAbsent,
} from '../../../db/presence/absence/absences.ts';
import { takeSteps } from '../../../effects/matchmaking/take-steps.ts';
import type { JobContext } from '../../deps.ts';

const PAGE = 500;

/** End the calls of users who were absent for the grace. Returns how many ended. */
export async function endLostCalls(context: JobContext): Promise<number> {
  const { config, redis } = context;
  const graceMs = callAbsence.graceMs(config);
  let ended = 0;
  for (let offset = 0, full = true; full; ) {
    const absent = await listAbsent(redis, callAbsence, { graceMs, limit: PAGE, offset });
    full = absent.length === PAGE;
    ended += await endCallsOf(context, absent);
    offset += await forgetOthers(context, absent);
  }
  return ended;
}

async function endCallsOf(context: JobContext, absent: Absence[]): Promise<number> {
  const { db, redis } = context;
  const calls = await activeSessionsOf(
    db,
    absent.map(({ userId }) => userId),
  );
  if (calls.length === 0) return 0;
  // Redis is asked just before the transaction, never under its locks. A user who returns in between
  // may lose the call. People who are locked elsewhere keep theirs until the next run.
  const still = await stillAbsent(redis, callAbsence, absent);
  const gone = new Set(still.map(({ userId }) => userId));
  const steps = calls
    .filter(({ userId }) => gone.has(userId))
    .map(({ sessionId, userId }) => ({
      sessionId,
      command: { kind: 'partner_lost', userId } as const,
    }));
  if (steps.length === 0) return 0;
  const effects = await takeSteps(context, steps);
  return effects.sessions.length;
}

/** Forget absent users without a request or session. Returns how many stay in the set. */
async function forgetOthers({ db, redis }: JobContext, absent: Absence[]): Promise<number> {
  if (absent.length === 0) return 0;
  const userIds = absent.map(({ userId }) => userId);
  const engaged = new Set(await usersWithLiveStateAmong(db, userIds));
  const done = absent.filter(({ userId }) => !engaged.has(userId));
  await forgetAbsent(redis, callAbsence, done);
  return absent.length - done.length;
}
