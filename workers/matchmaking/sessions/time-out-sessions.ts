import { overdueAmong } from '../../../db/matchmaking/sessions/deadlines.ts';
import type { timeOutSessions as job } from '../../../jobs/matchmaking.ts';
import type { Processor } from '../../deps.ts';
import { failOverdue } from './fail-overdue.ts';

/** Fails the given sessions that are past their deadline. */
export const timeOutSessions: Processor<typeof job> = async ({ sessionIds }, context) => {
  await failOverdue(context, await overdueAmong(context.db, sessionIds));
};
