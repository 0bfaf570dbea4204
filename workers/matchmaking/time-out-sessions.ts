import { overdueAmong } from '../../db/matchmaking/sessions.ts';
import type { timeOutSessions as job } from '../../jobs/matchmaking.ts';
import type { Processor } from '../deps.ts';
import { failUnconnected } from './fail-unconnected.ts';

export const timeOutSessions: Processor<typeof job> = async ({ sessionIds }, context) => {
  await failUnconnected(context, await overdueAmong(context.db, sessionIds));
};
