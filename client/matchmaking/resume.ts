import type * as contract from '../../contract/matchmaking.ts';
import type { CurrentState } from '../define.ts';
import { createConverge, type Queries } from './converge.ts';
import { isLive, isWaiting, type StateStore } from './state.ts';

export interface Times {
  /** How often a waiting client queries its request, and a client in a call its session. */
  waitingMs: number;
  /** How long the push of a session may follow that of its matched request, before it counts as lost. */
  foundMs: number;
  /** When `state:current` is this late after a connect, or a query failed, everything is queried. */
  missingMs: number;
}
/** The default times. */
export const TIMES: Times = { waitingMs: 30_000, foundMs: 1_000, missingMs: 5_000 };

export interface Resume {
  /** Connected: `state:current` is on its way. */
  connected(): void;
  disconnected(): void;
  snapshot(now: CurrentState<typeof contract>): void;
  /** Pushes may have been lost: query everything. */
  resync(): void;
  /** The person stopped waiting. Query soon, because the push about it may be lost. */
  left(): void;
  /** The state changed: decide again what is missing. */
  reschedule(): void;
  close(): void;
}

/**
 * Keeps the state correct although pushes are best effort. There is one timer and at most one round of
 * queries at a time. Nothing is queried while the socket is off, because every connect brings
 * `state:current`.
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
  const converge = createConverge(store, ask);
  let timer: ReturnType<typeof setTimeout> | undefined;

  function reschedule(failed = false): void {
    clearTimeout(timer);
    if (!online || running) return;
    const ms = nextIn(failed);
    if (ms !== null) timer = setTimeout(() => void round(), ms * (0.9 + random() * 0.2));
  }

  function nextIn(failed: boolean): number | null {
    if (everything || failed) return times.missingMs;
    if (converge.missingSession() !== null) return times.foundMs;
    const { matchRequest, session } = store.state();
    if (isWaiting(matchRequest)) return hasty ? times.foundMs : times.waitingMs;
    return isLive(session) ? times.waitingMs : null;
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
        hasty = false;
        if (await converge.run(all)) again = true;
      } catch {
        // The server is unavailable: the next round or the next connect answers the queries.
        failed = true;
        everything = all || everything;
      }
    } while (again && online && !failed);
    running = false;
    reschedule(failed);
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
      // "None" has no version to compare, so it is confirmed by a query.
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
