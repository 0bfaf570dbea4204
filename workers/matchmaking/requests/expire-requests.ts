import {
  expireRequests as expire,
  overdueRequests,
} from '../../../db/matchmaking/requests/end-requests.ts';
import { isPastDeadline, renewEpoch } from '../../../db/presence/epoch.ts';
import type { expireRequests as job } from '../../../jobs/matchmaking.ts';
import type { Processor } from '../../deps.ts';
import { settle } from '../settle.ts';

const PAGE = 200;

export const expireRequests: Processor<typeof job> = async (_, context) => {
  const { config, db, redis } = context;
  const epoch = await renewEpoch(redis);
  // Nobody expires before they could have waited the whole time in this epoch.
  if (!isPastDeadline(0, config.MATCH_REQUEST_TTL_SECONDS * 1000, epoch)) return;
  for (let full = true; full; ) {
    const userIds = await overdueRequests(db, PAGE);
    full = userIds.length === PAGE;
    if (userIds.length === 0) return;
    const requests = await db.transaction((trx) => expire(trx, userIds));
    await settle(context, { requests, sessions: [], found: [] });
  }
};
