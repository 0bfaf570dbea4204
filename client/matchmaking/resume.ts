import type { PushPayload } from '../../contract/catalogue.ts';
import type { MatchRequest, Session } from '../../contract/matchmaking.ts';
import { isLive, isWaiting, type StateStore } from './state.ts';

/** Queries to the server. Each resolves with null for "there is none" and rejects when it is away. */
export interface Queries {
  request: () => Promise<MatchRequest | null>;
  liveSession: () => Promise<Session | null>;
  session: (id: string) => Promise<Session | null>;
}

export interface Times {
  /** A waiting client asks again this often (architecture, rule 5), and one in a call whether it goes on. */
  waitingMs: number;
  /** A request says matched and the session has not come: its push is on the way, or lost. */
  foundMs: number;
  /** Without `state:current` this long after a connect, or after a question failed, everything is asked. */
  missingMs: number;
}
export const TIMES: Times = { waitingMs: 30_000, foundMs: 1_000, missingMs: 5_000 };

export interface Resume {
  /** Connected: `state:current` is on its way. */
  connected(): void;
  disconnected(): void;
  snapshot(now: PushPayload<'state:current'>): void;
  /** Pushes may have been lost: ask for everything. */
  resync(): void;
  /** The person stopped waiting: if the push about it is lost, it should not take the long interval. */
  left(): void;
  /** Something was taken into the state: look again at what is still missing. */
  reschedule(): void;
  close(): void;
}

/**
 * Keeps the state true although pushes are hints. One timer in all; at most one round of questions at
 * a time; nothing is asked while the socket is away, since every connect brings `state:current`.
 */
export function createResume(
  store: StateStore,
  ask: Queries,
  random: () => number,
  times: Times = TIMES,
): Resume {
  let online = false;
  let everything = false;
  let running = false;
  let again = false;
  let hasty = false;
  /** The session that was asked for last: whatever the answer was, it is not asked for again. */
  let settled: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function missingSession(): string | null {
    const { matchRequest, session } = store.state();
    if (matchRequest?.state !== 'matched' && matchRequest?.state !== 'held') return null;
    const id = matchRequest.sessionId;
    return id === session?.id || id === settled ? null : id;
  }

  function reschedule(failed = false): void {
    clearTimeout(timer);
    if (!online || running) return;
    const ms = nextIn(failed);
    if (ms !== null) timer = setTimeout(() => void round(), ms * (0.9 + random() * 0.2));
  }

  function nextIn(failed: boolean): number | null {
    if (everything || failed) return times.missingMs;
    if (missingSession() !== null) return times.foundMs;
    const { matchRequest, session } = store.state();
    if (isWaiting(matchRequest)) return hasty ? times.foundMs : times.waitingMs;
    return isLive(session) ? times.waitingMs : null;
  }

  /** Nothing is open but whether the call goes on: a process that died after its commit told nobody. */
  function callInDoubt(all: boolean): string | null {
    const { matchRequest, session } = store.state();
    const other = all || isWaiting(matchRequest) || missingSession() !== null;
    return session && isLive(session) && !other ? session.id : null;
  }

  async function round(): Promise<void> {
    clearTimeout(timer);
    if (!online) return;
    if (running) {
      again = true;
      return;
    }
    running = true;
    let failed = false;
    do {
      again = false;
      const all = everything;
      everything = false;
      try {
        await converge(all);
      } catch {
        // Away: the questions stay open, and the next round or the next connect answers them.
        failed = true;
        everything = all || everything;
      }
    } while (again && online && !failed);
    running = false;
    reschedule(failed);
  }

  async function converge(all: boolean): Promise<void> {
    hasty = false;
    const call = callInDoubt(all);
    if (call !== null) {
      const session = await ask.session(call);
      if (session) store.takeSession(session);
      // When it failed there is a request to hear of: put back, or given up.
      if (isLive(session)) return;
    }
    const before = store.requestChanges();
    const request = await ask.request();
    if (request) store.takeRequest(request);
    else if (isWaiting(store.state().matchRequest)) {
      if (store.requestChanges() === before) store.dropRequest();
      else again = true;
    }
    if (all) {
      const session = await ask.liveSession();
      if (session) store.takeSession(session);
      else await settleEnded();
    }
    const missing = missingSession();
    if (missing !== null) {
      const session = await ask.session(missing);
      settled = missing;
      if (session) store.takeSession(session);
    }
  }

  /** The server knows no live session and we do: how it ended is read by its id. */
  async function settleEnded(): Promise<void> {
    const known = store.state().session;
    if (known === null || !isLive(known)) return;
    const session = await ask.session(known.id);
    if (session) store.takeSession(session);
    else if (store.state().session?.id === known.id) store.dropSession();
  }

  return {
    reschedule: () => reschedule(),
    left: () => {
      hasty = true;
      reschedule();
    },
    connected: () => {
      online = true;
      everything = true;
      reschedule();
    },
    disconnected: () => {
      online = false;
      clearTimeout(timer);
    },
    snapshot: ({ matchRequest, session }) => {
      everything = false;
      if (matchRequest) store.takeRequest(matchRequest);
      if (session) store.takeSession(session);
      const mine = store.state();
      // An absence cannot be compared by version: it is asked for, after what we know.
      const gone =
        (!matchRequest && isWaiting(mine.matchRequest)) || (!session && isLive(mine.session));
      if (!gone) return reschedule();
      everything = true;
      void round();
    },
    resync: () => {
      everything = true;
      void round();
    },
    close: () => {
      online = false;
      clearTimeout(timer);
    },
  };
}
