import { waitingOfUsers } from '../../../db/matchmaking/requests/requests.ts';
import { keepApart } from '../../../effects/matchmaking/index-requests.ts';
import type { avoidPair as job } from '../../../jobs/matchmaking.ts';
import type { Processor } from '../../deps.ts';

/** Keeps two people apart in the index after one blocked the other. */
export const avoidPair: Processor<typeof job> = async ({ userId, otherId }, { db, redis }) => {
  const waiting = await waitingOfUsers(db, [userId, otherId]);
  await keepApart(redis, waiting, [userId, otherId]);
};
