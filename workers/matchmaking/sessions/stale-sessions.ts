import { endingSessions, overdueSessions } from '../../../db/matchmaking/sessions/deadlines.ts';
import { takeSteps } from '../../../effects/matchmaking/take-steps.ts';
import type { staleSessions as job } from '../../../jobs/matchmaking.ts';
import type { JobContext, Processor } from '../../deps.ts';
import { failOverdue } from './fail-overdue.ts';
import { endLostCalls } from './lost-partners.ts';

const PAGE = 200;
/** Both people are warned this long before the time limit ends a call. */
const WARN_SECONDS = 60;

/** Ends sessions past their deadline or time limit, and calls with an absent participant. */
export const staleSessions: Processor<typeof job> = async (_, context) => {
  let repaired = await endLostCalls(context);
  for (let more = true; more; ) {
    const overdue = await overdueSessions(context.db, PAGE);
    const failed = await failOverdue(context, overdue);
    repaired += failed;
    // When none failed, their deadlines have moved and the same page would come again.
    more = overdue.length >= PAGE && failed > 0;
  }
  repaired += await limitCalls(context);
  context.report(`${repaired} sessions ended`, repaired);
};

/** Warn calls near their time limit, and end those that reached it. Returns how many ended. */
async function limitCalls(context: JobContext): Promise<number> {
  const { config, db } = context;
  let ended = 0;
  for (let more = true; more; ) {
    const ending = await endingSessions(db, {
      limitMinutes: config.SESSION_MAX_MINUTES,
      warnSeconds: WARN_SECONDS,
      limit: PAGE,
    });
    if (ending.length === 0) break;
    const steps = ending.map(({ id, isOver }) => {
      const kind = isOver ? 'time_limit' : 'time_warning';
      return { sessionId: id, command: { kind } as const };
    });
    const effects = await takeSteps(context, steps);
    ended += effects.sessions.filter(({ endedAt }) => endedAt !== null).length;
    more = ending.length >= PAGE && effects.sessions.length > 0;
  }
  return ended;
}
