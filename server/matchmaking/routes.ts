import * as contract from '../../contract/matchmaking.ts';
import { poolStats } from '../../db/matchmaking/pool-stats.ts';
import { currentRequest } from '../../db/matchmaking/requests.ts';
import { FoyerError } from '../../errors.ts';
import type { ServerDeps } from '../deps.ts';
import { type MountedRoute, mount } from '../route.ts';
import { hearOf } from './heard-of.ts';
import { languages } from './languages.ts';
import type { Matchmaking } from './operations.ts';
import { sessionRoutes } from './session-routes.ts';

export function matchmakingRoutes(deps: ServerDeps, matchmaking: Matchmaking): MountedRoute[] {
  const socketUrl = deps.config.publicUrl;
  const heardOf = hearOf(deps);

  return [
    mount(contract.listLanguages, async () => ({
      status: 200,
      body: { items: await languages(deps.db) },
    })),
    mount(contract.join, async ({ caller, body, keyed, db, afterCommit, requestId }) => {
      const { userId } = caller;
      heardOf(userId);
      const { request, created } = keyed
        ? await matchmaking.joinIn(db as never, userId, body)
        : await matchmaking.join(userId, body, { requestId });
      if (keyed && created) {
        const effects = { requests: [request], sessions: [], found: [] };
        afterCommit(() => matchmaking.settle(effects, { requestId }));
      }
      return {
        status: created ? 201 : 200,
        body: { ...(await matchmaking.explain(request)), socketUrl },
      };
    }),
    mount(contract.readCurrentRequest, async ({ caller, db }) => {
      heardOf(caller.userId);
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
