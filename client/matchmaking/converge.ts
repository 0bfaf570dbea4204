import type { MatchRequest, Session } from '../../contract/matchmaking.ts';
import { isLive, isWaiting, type StateStore } from './state.ts';

/** Queries to the server. Each resolves with null for "there is none" and rejects when it is away. */
export interface Queries {
  request: () => Promise<MatchRequest | null>;
  liveSession: () => Promise<Session | null>;
  session: (id: string) => Promise<Session | null>;
}

export interface Converge {
  /** A request says matched, and its session is not known and was not asked for. */
  missingSession(): string | null;
  /**
   * One round of queries into the state: what is in doubt, or `all`. Resolves with true when another
   * round is needed: something changed while an answer was on its way.
   * @throws {ClientError} the server is away
   */
  run(all: boolean): Promise<boolean>;
}

/** Asks the server for what pushes may have lost. */
export function createConverge(store: StateStore, ask: Queries): Converge {
  /** The session that was asked for last: whatever the answer was, it is not asked for again. */
  let askedFor: string | null = null;

  function missingSession(): string | null {
    const { matchRequest, session } = store.state();
    if (matchRequest?.state !== 'matched' && matchRequest?.state !== 'held') return null;
    const id = matchRequest.sessionId;
    return id === session?.id || id === askedFor ? null : id;
  }

  /** Nothing is open but whether the call goes on: a process that died after its commit told nobody. */
  function callInDoubt(all: boolean): string | null {
    const { matchRequest, session } = store.state();
    const other = all || isWaiting(matchRequest) || missingSession() !== null;
    return session && isLive(session) && !other ? session.id : null;
  }

  async function readRequest(): Promise<boolean> {
    const before = store.requestChanges();
    const request = await ask.request();
    if (request) store.takeRequest(request);
    else if (isWaiting(store.state().matchRequest)) {
      if (store.requestChanges() !== before) return true;
      store.dropRequest();
    }
    return false;
  }

  async function readLiveSession(): Promise<void> {
    const live = await ask.liveSession();
    if (live) return store.takeSession(live);
    // The server knows no live session and we do: how it ended is read by its id.
    const known = store.state().session;
    if (known === null || !isLive(known)) return;
    const session = await ask.session(known.id);
    if (session) store.takeSession(session);
    else if (store.state().session?.id === known.id) store.dropSession();
  }

  async function readMissingSession(): Promise<void> {
    const missing = missingSession();
    if (missing === null) return;
    const session = await ask.session(missing);
    askedFor = missing;
    if (session) store.takeSession(session);
  }

  return {
    missingSession,
    async run(all) {
      const call = callInDoubt(all);
      if (call !== null) {
        const session = await ask.session(call);
        if (session) store.takeSession(session);
        // When it failed there is a request to read: put back, or given up.
        if (isLive(session)) return false;
      }
      const again = await readRequest();
      if (all) await readLiveSession();
      await readMissingSession();
      return again;
    },
  };
}
