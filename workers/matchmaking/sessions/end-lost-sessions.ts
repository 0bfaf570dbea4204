import type { endLostSessions as job } from '../../../jobs/matchmaking.ts';
import type { Processor } from '../../deps.ts';
import { endLostCalls } from './lost-partners.ts';

/** Ends calls of absent people when their grace is over. */
export const endLostSessions: Processor<typeof job> = async (_, context) => {
  await endLostCalls(context);
};
