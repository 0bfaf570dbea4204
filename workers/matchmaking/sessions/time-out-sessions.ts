import { overdueAmong, overdueSessions } from '../../../db/matchmaking/sessions/deadlines.ts';
import type { timeOutDue as dueJob, timeOutSessions as job } from '../../../jobs/matchmaking.ts';
import type { Processor } from '../../deps.ts';
import { failOverdue } from './fail-overdue.ts';

/** Fails those of the given sessions that are past their deadline. */
export const timeOutSessions: Processor<typeof job> = async ({ sessionIds }, context) => {
  await failOverdue(context, await overdueAmong(context.db, sessionIds));
};

const PAGE = 200;

/** Fails every session past its deadline. The partial indexes of the deadlines find them. */
export const timeOutDue: Processor<typeof dueJob> = async (_payload, context) => {
  for (let more = true; more; ) {
    const overdue = await overdueSessions(context.db, PAGE);
    // None failed: their deadlines have moved, and the same page would come again.
    more = (await failOverdue(context, overdue)) > 0 && overdue.length >= PAGE;
  }
};
