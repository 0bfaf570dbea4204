import type { MatchRequest, Session } from '../../contract/matchmaking.ts';
import { isNewer, type Versioned } from '../versions.ts';

/** What is true for me, as far as this client knows. Ended ones stay until something newer comes. */
export interface MatchmakingState {
  matchRequest: MatchRequest | null;
  session: Session | null;
}

export interface StateStore {
  state(): MatchmakingState;
  /** How often the request changed: an answer to an older question proves nothing about its absence. */
  requestChanges(): number;
  takeRequest(request: MatchRequest): void;
  takeSession(session: Session): void;
  /** The server says that there is none. The version stays known, so that a late push raises no ghost. */
  dropRequest(): void;
  dropSession(): void;
  /** Another person: nothing of before is true. */
  reset(): void;
}

export interface StateListeners {
  onChange: (state: MatchmakingState) => void;
  /** Once a session id, and only while it lives. */
  onMatch: (session: Session) => void;
}

export const isWaiting = (request: MatchRequest | null): boolean =>
  request?.state === 'waiting' || request?.state === 'held';
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
      // The wait is computed when asked and is no part of the version.
      change({ matchRequest: { ...known, wait: request.wait } });
    }
  }

  function takeSession(session: Session): void {
    const mark = markOfSession(session);
    if (!isNewer(sessionMark, mark)) return;
    // Only ever a later-born one takes the place of another, so that comparing ids means once each.
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
