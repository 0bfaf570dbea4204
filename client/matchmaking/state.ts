import type { MatchRequest, Session } from '../../contract/matchmaking.ts';
import { isNewer, type Versioned } from '../versions.ts';

/** My newest known request and session. They stay after their end, until newer ones come. */
export interface MatchmakingState {
  matchRequest: MatchRequest | null;
  session: Session | null;
}

export interface StateStore {
  state(): MatchmakingState;
  /** How often the request changed. An answer to an older query cannot prove that there is none. */
  requestChanges(): number;
  takeRequest(request: MatchRequest): void;
  takeSession(session: Session): void;
  /** The server has no request. The version stays known, so that a late push does not bring it back. */
  dropRequest(): void;
  dropSession(): void;
  /** Another person signed in: forget everything. */
  reset(): void;
}

export interface StateListeners {
  onChange: (state: MatchmakingState) => void;
  /** Called once for each session id, and only while the session lives. */
  onMatch: (session: Session) => void;
}

/** Whether a request waits for a partner. */
export const isWaiting = (request: MatchRequest | null): boolean =>
  request?.state === 'waiting' || request?.state === 'held';
/** Whether a session has not ended. */
export const isLive = (session: Session | null): boolean =>
  session !== null && session.state !== 'completed' && session.state !== 'failed';

const markOfRequest = ({ id, version, joinedAt }: MatchRequest): Versioned => ({
  id,
  version,
  since: Date.parse(joinedAt),
});
const markOfSession = ({ id, version, createdAt }: Session): Versioned => ({
  id,
  version,
  since: Date.parse(createdAt),
});

/** Creates the store of one client's request and session. */
export function createState({ onChange, onMatch }: StateListeners): StateStore {
  let state: MatchmakingState = { matchRequest: null, session: null };
  let requestMark: Versioned | null = null;
  let sessionMark: Versioned | null = null;
  let requestChanges = 0;

  function change(next: Partial<MatchmakingState>): void {
    state = { ...state, ...next };
    if ('matchRequest' in next) requestChanges += 1;
    onChange(state);
  }

  function takeRequest(request: MatchRequest): void {
    const mark = markOfRequest(request);
    const known = state.matchRequest;
    if (isNewer(requestMark, mark)) {
      requestMark = mark;
      change({ matchRequest: request });
    } else if (known?.id === mark.id && known.version === mark.version && request.wait !== null) {
      // The wait is computed for each answer and does not change the version.
      change({ matchRequest: { ...known, wait: request.wait } });
    }
  }

  function takeSession(session: Session): void {
    const mark = markOfSession(session);
    if (!isNewer(sessionMark, mark)) return;
    // Only a later session replaces another one, so comparing ids announces each once.
    const announce = sessionMark?.id !== mark.id && isLive(session);
    sessionMark = mark;
    change({ session });
    if (announce) onMatch(session);
  }

  return {
    state: () => state,
    requestChanges: () => requestChanges,
    takeRequest,
    takeSession,
    dropRequest: () => {
      if (state.matchRequest !== null) change({ matchRequest: null });
    },
    dropSession: () => {
      if (state.session !== null) change({ session: null });
    },
    reset: () => {
      requestMark = null;
      sessionMark = null;
      if (state.matchRequest || state.session) change({ matchRequest: null, session: null });
    },
  };
}
