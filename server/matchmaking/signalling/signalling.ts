import { bounds } from '../../../config.ts';
import { FoyerError } from '../../../contract/errors.ts';
import * as contract from '../../../contract/matchmaking.ts';
import type { ServerDeps } from '../../deps.ts';
import { type MountedCommand, mountCommand } from '../../gateway/mount.ts';
import { createTokenBuckets } from '../../limits/token-buckets.ts';
import { type MountedRoute, mount } from '../../routes/route.ts';
import type { Matchmaking } from '../operations.ts';
import { iceServersFor } from './ice-servers.ts';
import { createLiveSession } from './live-session.ts';
import { createRelay } from './relay.ts';
import { createResume } from './resume.ts';

/** Socket commands that relay a signal and resume a call. */
export function signallingCommands(deps: ServerDeps, matchmaking: Matchmaking): MountedCommand[] {
  const relay = createRelay(deps, matchmaking, createLiveSession(deps));
  const resume = createResume(deps);
  const take = createTokenBuckets({
    perSecond: bounds.signalsPerSecond,
    burst: bounds.signalBurst,
    now: () => performance.now(),
  });
  return [
    mountCommand(contract.sendSignal, async ({ caller: { userId }, payload, requestId }) => {
      const { sessionId, ...signal } = payload;
      if (deps.config.RATE_LIMITS === 'on' && !take(`${sessionId} ${userId}`))
        throw new FoyerError('rate.limited', { retryAfterSeconds: 1 });
      return { seq: await relay({ sessionId, userId, signal, requestId }) };
    }),
    mountCommand(contract.resumeSession, ({ caller: { userId }, payload }) =>
      resume({ userId, ...payload }),
    ),
  ];
}

/** The route of ICE servers. */
export function signallingRoutes(deps: ServerDeps): MountedRoute[] {
  const liveSession = createLiveSession(deps);
  return [
    mount(contract.readIceServers, async ({ caller, params, res }) => {
      const { nowSeconds } = await liveSession(params.id, caller.userId);
      res.setHeader('Cache-Control', 'no-store');
      return { status: 200, body: iceServersFor(deps.config, caller.userId, nowSeconds) };
    }),
  ];
}
