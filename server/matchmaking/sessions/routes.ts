import { FoyerError } from '../../../contract/errors.ts';
import * as contract from '../../../contract/matchmaking.ts';
import { listSessionEvents } from '../../../db/matchmaking/sessions/session-events.ts';
import type { SessionCommand } from '../../../db/matchmaking/sessions/session-machine.ts';
import {
  currentSession,
  findSession,
  listSessions,
} from '../../../db/matchmaking/sessions/sessions.ts';
import { renderSession } from '../../../effects/matchmaking/render-session.ts';
import type { ServerDeps } from '../../deps.ts';
import { allows } from '../../routes/access.ts';
import {
  type MountedRoute,
  mount,
  type OwnerContext,
  type RouteContext,
} from '../../routes/route.ts';
import type { Matchmaking } from '../operations.ts';
import { createTouchPresence } from '../requests/touch-presence.ts';

/** Routes of sessions and their feedback. */
export function sessionRoutes(deps: ServerDeps, matchmaking: Matchmaking): MountedRoute[] {
  const touchPresence = createTouchPresence(deps);
  const connectSeconds = deps.config.MATCH_CONNECT_SECONDS;

  const step = (
    { params, key, requestId }: RouteContext<{ id: string }, undefined, unknown>,
    command: SessionCommand,
  ) => matchmaking.answerStep({ sessionId: params.id, command }, { key, requestId });

  return [
    mount(contract.listSessions, async ({ caller, query, db }) => {
      const { state, cursor, limit } = query;
      const before = cursor === undefined ? undefined : sessionCursor(cursor);
      const views = await listSessions(db, caller.userId, { state, before, limit: limit + 1 });
      const items = views.slice(0, limit).map(renderSession);
      const nextCursor = views.length > limit ? (items.at(-1)?.id ?? null) : null;
      return { status: 200, body: { items, nextCursor } };
    }),
    mount(contract.readCurrentSession, async ({ caller, db }) => {
      touchPresence(caller.userId);
      const view = await currentSession(db, caller.userId);
      if (!view) throw new FoyerError('session.not_found');
      return { status: 200, body: renderSession(view) };
    }),
    mount(contract.readSession, async (context) => ({
      status: 200,
      body: renderSession(await participant(context)),
    })),
    mount(contract.listSessionEvents, async ({ caller, params, db }) => {
      const reader = allows('staff', caller.role) ? 'anyone' : { userId: caller.userId };
      const events = await listSessionEvents(db, params.id, reader);
      if (events.length === 0) throw new FoyerError('session.not_found');
      const items = events.map(({ seq, type, at, userId }) => ({
        ...{ seq, type, at: at.toISOString() },
        ...(userId === null ? {} : { userId }),
      }));
      return { status: 200, body: { items } };
    }),
    mount(contract.accept, {
      owner: participant,
      handle: (context) =>
        step(context, { kind: 'accept', userId: context.caller.userId, connectSeconds }),
    }),
    mount(contract.decline, {
      owner: participant,
      handle: (context) => {
        const { caller, body } = context;
        return step(context, { kind: 'decline', userId: caller.userId, reason: body.reason });
      },
    }),
    mount(contract.leave, {
      owner: participant,
      handle: (context) => {
        const { caller, body } = context;
        return step(context, { kind: 'leave', userId: caller.userId, reason: body.reason });
      },
    }),
    mount(contract.giveFeedback, {
      owner: participant,
      handle: ({ caller, params, body, key, requestId }) => {
        const { rating, note = null } = body;
        const given = { sessionId: params.id, userId: caller.userId, rating, note };
        return matchmaking.answerFeedback(given, { key, requestId });
      },
    }),
  ];
}

/** @throws {FoyerError} session.not_found for a session of strangers */
async function participant({ params, caller, db }: OwnerContext<{ id: string }>) {
  const view = await findSession(db, params.id, caller.userId);
  if (!view) throw new FoyerError('session.not_found');
  return view;
}

/** Cursors are ids of sessions. */
function sessionCursor(cursor: string): string {
  if (contract.session.shape.id.safeParse(cursor).success) return cursor;
  const errors = [{ path: 'cursor', message: 'is not a cursor of this list' }];
  throw new FoyerError('request.invalid', { errors });
}
