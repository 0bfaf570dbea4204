import type { MatchRequest, Session } from '../../contract/matchmaking.ts';
import { isLive, isWaiting, type StateStore } from './state.ts';

/** Queries to the server. Each resolves with null for "there is none" and rejects when the server is unavailable. */
export interface Queries {
  request: () => Promise<MatchRequest | null>;
  liveSession: () => Promise<Session | null>;
  session: (id: string) => Promise<Session | null>;
}

export interface Converge {
  /** The id of a session that a matched request names, and that is neither known nor queried. */
  missingSession(): string | null;
  /**
   * One round of queries that updates the state: what is uncertain, or `all`. Resolves with true when
   * another round is needed, because something changed while an answer was on its way.
   * @throws {ClientError} the server is unavailable
   */
  run(all: boolean): Promise<boolean>;
}

/** Queries the server for changes whose pushes may be lost. */
export function createConverge(store: StateStore, ask: Queries): Converge {
  /** The session that was queried last. It is not queried again, whatever the answer was. */
  let askedFor: string | null = null;

  function missingSession(): string | null {
    const { matchRequest, session } = store.state();
    if (matchRequest?.state !== 'matched' && matchRequest?.state !== 'held') return null;
    const id = matchRequest.sessionId;
    return id === session?.id || id === askedFor ? null : id;
  }

  /** Only the call is uncertain: a process that died after its commit sent no push. */
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
    // The server has no live session but this client has one: read by its id how it ended.
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
        // After a failure there is a request to read: put back, or cancelled.
        if (isLive(session)) return false;
      }
      const again = await readRequest();
      if (all) await readLiveSession();
      await readMissingSession();
      return again;
    },
  };
}
