import * as contract from '../../contract/matchmaking.ts';
import { poolStats } from '../../db/matchmaking/pool-stats.ts';
import { currentRequest } from '../../db/matchmaking/requests.ts';
import { renderSession } from '../../db/matchmaking/session-row.ts';
import { currentSession, findSession, listSessions } from '../../db/matchmaking/sessions.ts';
import { touchAbsent } from '../../db/presence/leases.ts';
import { FoyerError } from '../../errors.ts';
import type { ServerDeps } from '../deps.ts';
import { type MountedRoute, mount } from '../route.ts';
import { languages } from './languages.ts';
import type { Matchmaking } from './operations.ts';

export function matchmakingRoutes(deps: ServerDeps, matchmaking: Matchmaking): MountedRoute[] {
  const socketUrl = deps.config.publicUrl;
  /** Whoever polls keeps their place; a failure here costs nothing but the grace. */
  const heardOf = (userId: string) => {
    touchAbsent(deps.redis, userId).catch((error) => deps.log.debug({ err: error }, 'not touched'));
  };

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
    mount(contract.listSessions, async ({ caller, query, db }) => {
      const { state, cursor, limit } = query;
      const before = cursor === undefined ? undefined : sessionCursor(cursor);
      const views = await listSessions(db, caller.userId, { state, before, limit: limit + 1 });
      const items = views.slice(0, limit).map(renderSession);
      const nextCursor = views.length > limit ? (items.at(-1)?.id ?? null) : null;
      return { status: 200, body: { items, nextCursor } };
    }),
    mount(contract.readCurrentSession, async ({ caller, db }) => {
      heardOf(caller.userId);
      const view = await currentSession(db, caller.userId);
      if (!view) throw new FoyerError('session.not_found');
      return { status: 200, body: renderSession(view) };
    }),
    mount(contract.readSession, async ({ caller, params, db }) => {
      const view = await findSession(db, params.id, caller.userId);
      if (!view) throw new FoyerError('session.not_found');
      return { status: 200, body: renderSession(view) };
    }),
    mount(contract.leave, async ({ caller, params, body, keyed, db, afterCommit, requestId }) => {
      const step = {
        sessionId: params.id,
        command: { kind: 'leave', userId: caller.userId, reason: body.reason } as const,
      };
      if (!keyed) {
        const session = await matchmaking.step(step, { requestId });
        return { status: 200, body: renderSession(session) };
      }
      const { session, effects } = await matchmaking.stepIn(db as never, step);
      afterCommit(() => matchmaking.settle(effects, { requestId }));
      return { status: 200, body: renderSession(session) };
    }),
  ];
}

/** Cursors are ids of sessions. */
function sessionCursor(cursor: string): string {
  if (contract.session.shape.id.safeParse(cursor).success) return cursor;
  const errors = [{ path: 'cursor', message: 'is not a cursor of this list' }];
  throw new FoyerError('request.invalid', { errors });
}
