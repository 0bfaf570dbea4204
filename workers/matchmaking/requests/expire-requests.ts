import {
  expireRequests as expire,
  overdueRequests,
} from '../../../db/matchmaking/requests/end-requests.ts';
import { isPastDeadline, renewEpoch } from '../../../db/presence/epoch.ts';
import { hotTransaction } from '../../../db/write/hot-transaction.ts';
import { applyEffects } from '../../../effects/matchmaking/apply-effects.ts';
import { matchmakingEvents } from '../../../effects/matchmaking/events.ts';
import type { expireRequests as job } from '../../../jobs/matchmaking.ts';
import type { Processor } from '../../deps.ts';

const PAGE = 200;

/** Expires waiting requests past their time. */
export const expireRequests: Processor<typeof job> = async (_, context) => {
  const { config, db, redis } = context;
  const epoch = await renewEpoch(redis);
  // A request expires only when its full time has passed since the epoch began.
  if (!isPastDeadline(0, config.MATCH_REQUEST_TTL_SECONDS * 1000, epoch)) return;
  for (let more = true; more; ) {
    const userIds = await overdueRequests(db, PAGE);
    if (userIds.length === 0) return;
    const requests = await hotTransaction(db, (trx) =>
      expire(trx, userIds, { locking: 'skip', eventsOf: matchmakingEvents }),
    );
    await applyEffects(context, { requests, sessions: [], found: [] }, () => context.requestId);
    // When nothing expired, the page is locked elsewhere and would come again.
    more = userIds.length === PAGE && requests.length > 0;
  }
};
