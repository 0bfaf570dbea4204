import { FoyerError } from '../../../contract/errors.ts';
import * as contract from '../../../contract/matchmaking.ts';
import { currentRequest } from '../../../db/matchmaking/requests/requests.ts';
import { poolStats } from '../../../db/matchmaking/stats/pool-stats.ts';
import type { ServerDeps } from '../../deps.ts';
import { type MountedRoute, mount } from '../../routes/route.ts';
import type { Matchmaking } from '../operations.ts';
import { sessionRoutes } from '../sessions/routes.ts';
import { languages } from './languages.ts';
import { createTouchPresence } from './touch-presence.ts';

/** Routes of match requests, languages and sessions. */
export function matchmakingRoutes(deps: ServerDeps, matchmaking: Matchmaking): MountedRoute[] {
  const touchPresence = createTouchPresence(deps);

  return [
    mount(contract.listLanguages, async () => ({
      status: 200,
      body: { items: await languages(deps.db) },
    })),
    mount(contract.join, async ({ caller: { userId }, body, key, requestId }) => {
      touchPresence(userId);
      return matchmaking.answerJoin(userId, body, { key, requestId });
    }),
    mount(contract.readCurrentRequest, async ({ caller, db }) => {
      touchPresence(caller.userId);
      const request = await currentRequest(db, caller.userId);
      if (!request) throw new FoyerError('match.not_found');
      return { status: 200, body: await matchmaking.explain(request) };
    }),
    mount(contract.readPoolStats, async ({ params }) => ({
      status: 200,
      body: await poolStats(deps.redis, params.pool),
    })),
    mount(contract.cancelCurrentRequest, async ({ caller, requestId }) => {
      await matchmaking.cancel(caller.userId, { requestId });
      return { status: 204 };
    }),
    ...sessionRoutes(deps, matchmaking),
  ];
}
