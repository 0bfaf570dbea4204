import * as contract from '../../contract/matchmaking.ts';
import { currentRequest } from '../../db/matchmaking/requests/requests.ts';
import { currentSession } from '../../db/matchmaking/sessions/sessions.ts';
import { renderRequest } from '../../effects/matchmaking/render-request.ts';
import { renderSession } from '../../effects/matchmaking/render-session.ts';
import type { Caller, ServerDeps } from '../deps.ts';
import { type MountedCommand, mountCommand } from '../gateway/mount.ts';
import type { Matchmaking } from './operations.ts';

/** Socket commands of requests and sessions. */
export const matchmakingCommands = (
  deps: ServerDeps,
  matchmaking: Matchmaking,
): MountedCommand[] => [
  mountCommand(contract.matchJoin, async ({ caller, payload, requestId }) => {
    const request = await matchmaking.join(caller.userId, payload, { requestId });
    return matchmaking.explain(request);
  }),
  mountCommand(contract.matchLeave, async ({ caller, requestId }) => {
    await matchmaking.cancel(caller.userId, { requestId });
    return {};
  }),
  mountCommand(contract.matchStatus, async ({ caller }) => {
    const request = await currentRequest(deps.db, caller.userId);
    return request ? matchmaking.explain(request) : null;
  }),
  mountCommand(contract.sessionAccept, async ({ caller, payload: { sessionId }, requestId }) => {
    const connectSeconds = deps.config.MATCH_CONNECT_SECONDS;
    const command = { kind: 'accept', userId: caller.userId, connectSeconds } as const;
    return renderSession(await matchmaking.step({ sessionId, command }, { requestId }));
  }),
  mountCommand(contract.sessionDecline, async ({ caller, payload, requestId }) => {
    const { sessionId, reason } = payload;
    const command = { kind: 'decline', userId: caller.userId, reason } as const;
    return renderSession(await matchmaking.step({ sessionId, command }, { requestId }));
  }),
  mountCommand(contract.sessionConnected, async ({ caller, payload: { sessionId }, requestId }) => {
    const limitMinutes = deps.config.SESSION_MAX_MINUTES;
    const command = { kind: 'connected', userId: caller.userId, limitMinutes } as const;
    return renderSession(await matchmaking.step({ sessionId, command }, { requestId }));
  }),
  mountCommand(contract.sessionLeave, async ({ caller, payload, requestId }) => {
    const { sessionId, reason } = payload;
    const command = { kind: 'leave', userId: caller.userId, reason } as const;
    return renderSession(await matchmaking.step({ sessionId, command }, { requestId }));
  }),
];

/** The caller's newest request and live session: what a reconnect must not miss. */
export const readCurrentState =
  ({ db }: Pick<ServerDeps, 'db'>) =>
  async ({ userId }: Caller) => {
    const [request, session] = await Promise.all([
      currentRequest(db, userId),
      currentSession(db, userId),
    ]);
    return {
      matchRequest: request ? renderRequest(request) : null,
      session: session ? renderSession(session) : null,
    };
  };
