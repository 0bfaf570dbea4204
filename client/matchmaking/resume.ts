import type * as contract from '../../contract/matchmaking.ts';
import type { CurrentState } from '../define.ts';
import { createConverge, type Queries } from './converge.ts';
import { isLive, isWaiting, type StateStore } from './state.ts';

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
  snapshot(now: CurrentState<typeof contract>): void;
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
        // Away: the questions stay open, and the next round or the next connect answers them.
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
