import { bounds } from '../../config.ts';
import type { JoinBody } from '../../contract/matchmaking.ts';
import type { Trx } from '../../db/knex.ts';
import type { Effects } from '../../db/matchmaking/effects.ts';
import { cancelRequests, heldSessions } from '../../db/matchmaking/requests/end-requests.ts';
import { type Join, joinRequests } from '../../db/matchmaking/requests/join-requests.ts';
import type { RequestRow } from '../../db/matchmaking/requests/request-row.ts';
import { OWN_CANCEL } from '../../db/matchmaking/requests/requests.ts';
import type { SessionView } from '../../db/matchmaking/sessions/session-row.ts';
import {
  type SessionStep,
  transitionSessions,
} from '../../db/matchmaking/sessions/transition-sessions.ts';
import { announce, indexRequests } from '../../db/matchmaking/settle.ts';
import { FoyerError } from '../../errors.ts';
import { createGroupCommit, type Outcome } from '../../group-commit.ts';
import { matchPass, TIME_OUT_LATE_MS, timeOutSessions } from '../../jobs/matchmaking.ts';
import type { ServerDeps } from '../deps.ts';
import { createExplain, type Explain } from './requests/explain.ts';
import { refuseUnknownLanguages } from './requests/languages.ts';

export interface Joined {
  request: RequestRow;
  created: boolean;
}
/** Batches that are written or being told to the index at once. */
const JOINS_IN_FLIGHT = 4;
/** Both people of a session take their steps at the same moment: two batches would wait for each other. */
const STEPS_IN_FLIGHT = 1;

interface Traced {
  requestId: string;
}

/** What people ask for: the same commands for routes and socket events. */
export interface Matchmaking {
  /** @throws {FoyerError} request.invalid · match.already_waiting · session.already_active */
  join(userId: string, body: JoinBody, trace: Traced): Promise<Joined>;
  /** The same in a transaction of the caller's, who calls `settle` after the commit. */
  joinIn(trx: Trx, userId: string, body: JoinBody): Promise<Joined>;
  cancel(userId: string, trace: Traced): Promise<void>;
  /** @throws {FoyerError} session.not_found · session.bad_transition */
  step(step: SessionStep, trace: Traced): Promise<SessionView>;
  stepIn(trx: Trx, step: SessionStep): Promise<{ session: SessionView; effects: Effects }>;
  settle(effects: Effects, trace: Traced): Promise<void>;
  explain: Explain;
  /** Nothing is being written, and nothing committed waits to be told. */
  drain(): Promise<void>;
}

export function createMatchmaking(deps: ServerDeps, onLostWakeUp: () => void): Matchmaking {
  const { config, db, log } = deps;
  const ttl = config.MATCH_REQUEST_TTL_SECONDS;
  const wakeUps = new Set<Promise<void>>();

  /**
   * After a commit. The answer waits until the index was told, so that whoever joins after an
   * acknowledged person stands behind them, on whichever instance. What fails here the reconciler
   * finds in the tables; with Redis known to be away nobody waits for it.
   */
  async function settle(effects: Effects, { requestId }: Traced): Promise<void> {
    announce(deps.push, effects, requestId);
    const accepted = effects.sessions.filter(beginsToConnect).map(({ id }) => id);
    if (accepted.length > 0) {
      const delayMs = config.MATCH_CONNECT_SECONDS * 1000 + TIME_OUT_LATE_MS;
      track(deps.tryEnqueue(timeOutSessions, { sessionIds: accepted }, { requestId, delayMs }));
    }
    try {
      if (deps.redis.status !== 'ready') throw new Error('redis is away');
      const pools = await indexRequests(deps, effects.requests, config.MATCH_RELAX_SECONDS);
      for (const pool of pools) track(deps.tryEnqueue(matchPass, { pool }, { requestId }));
    } catch (error) {
      log.debug({ err: error }, 'index not told');
      onLostWakeUp();
    }
  }
  function track(work: Promise<void>): void {
    wakeUps.add(work);
    work.finally(() => wakeUps.delete(work));
  }

  const joins = createGroupCommit<Join & Traced, Joined>({
    name: 'match-join',
    maxItems: bounds.groupCommitItems,
    maxWaiting: bounds.groupCommitWaiting,
    concurrency: JOINS_IN_FLIGHT,
    async flush(items) {
      const outcomes = await db.transaction((trx) => joinRequests(trx, items, ttl));
      const requests = outcomes.flatMap((one) =>
        'request' in one && one.created ? [one.request] : [],
      );
      await settle({ requests, sessions: [], found: [] }, items[0] ?? { requestId: '' });
      return outcomes.map((one): Outcome<Joined> => ('error' in one ? one : { ok: one }));
    },
  });

  const steps = createGroupCommit<SessionStep & Traced, SessionView>({
    name: 'session-step',
    maxItems: bounds.groupCommitItems,
    maxWaiting: bounds.groupCommitWaiting,
    concurrency: STEPS_IN_FLIGHT,
    async flush(items) {
      const { outcomes, effects } = await db.transaction((trx) =>
        transitionSessions(trx, items, ttl),
      );
      await settle(effects, items[0] ?? { requestId: '' });
      return outcomes.map(
        (one): Outcome<SessionView> => ('error' in one ? one : { ok: one.session }),
      );
    },
  });

  return {
    settle,
    explain: createExplain(deps),
    async join(userId, body, trace) {
      await refuseUnknownLanguages(db, body);
      return joins.submit({ userId, body, ...trace });
    },
    async joinIn(trx, userId, body) {
      await refuseUnknownLanguages(db, body);
      const [outcome] = await joinRequests(trx, [{ userId, body }], ttl);
      if (!outcome || 'error' in outcome) throw outcome?.error ?? new Error('no outcome');
      return outcome;
    },
    async cancel(userId, trace) {
      // Ends: a request is put back three times at most.
      for (;;) {
        const requests = await db.transaction((trx) => cancelRequests(trx, [userId], OWN_CANCEL));
        await settle({ requests, sessions: [], found: [] }, trace);
        if (requests.length > 0) return;
        const [held] = await heldSessions(db, [userId]);
        if (!held) return;
        const command = { kind: 'decline', userId, cancelAs: OWN_CANCEL } as const;
        const outcome = await steps.submit({ sessionId: held.sessionId, command, ...trace }).then(
          () => 'declined',
          (error) => {
            if (error instanceof FoyerError && error.code === 'session.bad_transition') return;
            throw error;
          },
        );
        // Refused: the session moved on meanwhile, and the request with it.
        if (outcome) return;
      }
    },
    step: (step, trace) => steps.submit({ ...step, ...trace }),
    async stepIn(trx, step) {
      const { outcomes, effects } = await transitionSessions(trx, [step], ttl);
      const outcome = outcomes[0];
      if (!outcome || 'error' in outcome) throw outcome?.error ?? new Error('no outcome');
      return { session: outcome.session, effects };
    },
    async drain() {
      await Promise.all([joins.drain(), steps.drain()]);
      while (wakeUps.size > 0) await Promise.allSettled(wakeUps);
    },
  };
}

/** Both have just accepted: the time to connect begins. */
const beginsToConnect = ({ state, acceptBy, sides }: SessionView) =>
  state === 'connecting' && acceptBy !== null && sides.every((side) => side.connectedAt === null);
