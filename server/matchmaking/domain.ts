import { bounds } from '../../config.ts';
import { endLostSessions, reconcileIndex } from '../../jobs/matchmaking.ts';
import type { CreateServerDomain } from '../define-domain.ts';
import { createMatchmaking } from './operations.ts';
import { matchmakingRoutes } from './requests/routes.ts';
import { signallingCommands, signallingRoutes } from './signalling/signalling.ts';
import { matchmakingCommands, readCurrentState } from './sockets.ts';

/** Routes, commands and current state of matchmaking for one server process. */
export const createMatchmakingDomain: CreateServerDomain = (deps) => {
  let indexBehind = false;
  const matchmaking = createMatchmaking(deps, () => {
    indexBehind = true;
  });
  return {
    routes: [...matchmakingRoutes(deps, matchmaking), ...signallingRoutes(deps)],
    commands: [...matchmakingCommands(deps, matchmaking), ...signallingCommands(deps, matchmaking)],
    currentState: readCurrentState(deps),
    onGone: () => void deps.tryEnqueue(...partnerCheck()),
    onPoll: async ({ lostJobs }) => {
      if (!lostJobs && !indexBehind) return;
      indexBehind = false;
      await deps.tryEnqueue(reconcileIndex, {});
    },
    drain: () => matchmaking.drain(),
  };
};

/** A job that checks the calls of absent people when their grace is over: one job for each second. */
function partnerCheck() {
  const graceMs = bounds.partnerLostSeconds * 1000;
  const dueSecond = Math.ceil((Date.now() + graceMs) / 1000);
  const delayMs = dueSecond * 1000 - Date.now();
  return [endLostSessions, { dueSecond }, { delayMs }] as const;
}
