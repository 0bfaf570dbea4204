import type * as contract from '../../contract/matchmaking.ts';
import type { MatchRequest, Session } from '../../contract/matchmaking.ts';
import type { AttachedDomain, ClientCore, StatefulDomain } from '../define-domain.ts';
import { isClientError } from '../errors.ts';
import { createListeners } from '../listeners.ts';
import type { Queries } from './converge.ts';
import { createResume, TIMES, type Times } from './resume.ts';
import { matchmakingRoutes } from './routes.ts';
import { createState, type MatchmakingState } from './state.ts';

/** `client.matchmaking`. */
export interface Matchmaking {
  readonly state: MatchmakingState;
  /** Calls `listener` after every change of `state`. Returns a function that removes the listener. */
  onChange(listener: (state: MatchmakingState) => void): () => void;
  /**
   * Calls `listener` once for each session, at the first push or answer that has it. Returns a function that
   * removes it.
   */
  onMatch(listener: (session: Session) => void): () => void;
}

export interface MatchmakingOptions {
  times?: Times;
}

type Contract = typeof contract;

/** The state of my request and my session, which stays correct after lost pushes and reconnects. */
export const matchmaking: StatefulDomain<'matchmaking', Contract, Matchmaking, MatchmakingOptions> =
  {
    name: 'matchmaking',
    routes: matchmakingRoutes,
    anonymous: ['listLanguages'],
    neverRepeated: [],
    attach,
  };

function attach(
  core: ClientCore,
  { times = TIMES }: MatchmakingOptions = {},
): AttachedDomain<Matchmaking, Contract> {
  const changes = createListeners<[MatchmakingState]>();
  const matches = createListeners<[Session]>();
  const store = createState({ onChange: changes.call, onMatch: matches.call });
  const resume = createResume(store, queriesOf(core), core.random, times);

  function takeRequest({ socketUrl: _, ...request }: MatchRequest & { socketUrl?: string }): void {
    store.takeRequest(request);
    resume.reschedule();
  }
  function takeSession(session: Session): void {
    store.takeSession(session);
    resume.reschedule();
  }
  const takeAnyRequest = (request: MatchRequest | null) => {
    if (request) takeRequest(request);
  };

  core.on('match:state', takeRequest);
  core.on('match:found', takeSession);
  core.on('session:state', takeSession);

  return {
    api: {
      get state() {
        return store.state();
      },
      onChange: changes.add,
      onMatch: matches.add,
    },
    absorbs: {
      join: takeRequest,
      readCurrentRequest: takeRequest,
      cancelCurrentRequest: resume.left,
      accept: takeSession,
      decline: takeSession,
      leave: takeSession,
      readCurrentSession: takeSession,
      'match:join': takeRequest,
      'match:status': takeAnyRequest,
      'match:leave': resume.left,
      'session:accept': takeSession,
      'session:decline': takeSession,
      'session:connected': takeSession,
      'session:leave': takeSession,
      'session:resume': ({ session }) => takeSession(session),
    },
    connected: resume.connected,
    disconnected: resume.disconnected,
    snapshot: resume.snapshot,
    resync: resume.resync,
    reset: store.reset,
    close: resume.close,
  };
}

function queriesOf(core: ClientCore): Queries {
  const calls = core.calls<Contract>(matchmakingRoutes);
  return {
    request: () => core.emit('match:status', {}),
    liveSession: () => orNull(calls.readCurrentSession()),
    session: (id) => orNull(calls.readSession({ id })),
  };
}

async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (isClientError(error, 'session.not_found')) return null;
    throw error;
  }
}
