import { FoyerError } from '../../contract/errors.ts';
import type { JoinBody } from '../../contract/matchmaking.ts';
import type { Effects } from '../../db/matchmaking/effects.ts';
import { cancelCommand } from '../../db/matchmaking/requests/end-requests.ts';
import { joinCommand } from '../../db/matchmaking/requests/join-requests.ts';
import type { RequestRow } from '../../db/matchmaking/requests/request-row.ts';
import { OWN_CANCEL } from '../../db/matchmaking/requests/requests.ts';
import { feedbackCommand, type GivenFeedback } from '../../db/matchmaking/sessions/feedback.ts';
import type { SessionView } from '../../db/matchmaking/sessions/session-row.ts';
import {
  type SessionStep,
  stepCommand,
} from '../../db/matchmaking/sessions/transition-sessions.ts';
import type { CommandAnswer } from '../../db/write/command.ts';
import { createCommandBatch } from '../../db/write/command-batch.ts';
import type { KeyedRequest } from '../../db/write/idempotency-answers.ts';
import { createSlowQueue } from '../../db/write/slow-queue.ts';
import { applyEffects } from '../../effects/matchmaking/apply-effects.ts';
import { feedbackEvents, matchmakingEvents } from '../../effects/matchmaking/events.ts';
import { createThrottledEnqueue } from '../../effects/matchmaking/throttled-enqueue.ts';
import type { ServerDeps } from '../deps.ts';
import { renderFeedback, renderJoin, renderStep } from './render-answers.ts';
import { createExplain, type Explain } from './requests/explain.ts';
import { refuseUnknownLanguages } from './requests/languages.ts';

interface Traced {
  requestId: string;
}
interface Keyed extends Traced {
  key: KeyedRequest | undefined;
}

/** The commands of people, the same for routes and socket events. */
export interface Matchmaking {
  /** @throws {FoyerError} request.invalid · match.already_waiting · session.already_active */
  join(userId: string, body: JoinBody, trace: Traced): Promise<RequestRow>;
  /** The same for routes: runs at most once for a key and returns the text to send. @throws {FoyerError} request.invalid · auth.invalid */
  answerJoin(userId: string, body: JoinBody, options: Keyed): Promise<CommandAnswer>;
  cancel(userId: string, trace: Traced): Promise<void>;
  /** @throws {FoyerError} session.not_found · session.bad_transition */
  step(step: SessionStep, trace: Traced): Promise<SessionView>;
  /** The same for routes. @throws {FoyerError} session.not_found */
  answerStep(step: SessionStep, options: Keyed): Promise<CommandAnswer>;
  /** @throws {FoyerError} session.not_found */
  answerFeedback(given: GivenFeedback, options: Keyed): Promise<CommandAnswer>;
  explain: Explain;
  /** Resolves when nothing is being written and all effects of commits are applied. */
  drain(): Promise<void>;
}

/** Creates the commands of one server process. `onIndexMissed` is called when the index could not be updated. */
export function createMatchmaking(deps: ServerDeps, onIndexMissed: () => void): Matchmaking {
  const { config, db, log } = deps;
  const ttl = config.MATCH_REQUEST_TTL_SECONDS;
  const throttled = createThrottledEnqueue(deps.tryEnqueue);
  const effectsDeps = { ...deps, tryEnqueue: throttled.tryEnqueue };

  const slowQueue = createSlowQueue();
  const shared = {
    db,
    slowQueue,
    // The answer waits for the update of the index: a person who joins after an acknowledged join waits
    // behind it, on any instance.
    awaitsEffects: true,
    async applyEffects(effects: Effects, requestIds: readonly string[]): Promise<void> {
      await applyEffects(effectsDeps, effects, (id) => requestIds[effects.causedBy?.get(id) ?? -1]);
    },
    /** The reconciler repairs the index from the tables. */
    onEffectsError(error: unknown): void {
      log.debug({ err: error }, 'index not updated');
      onIndexMissed();
    },
  };
  const joins = createCommandBatch({
    ...shared,
    command: joinCommand(ttl),
    render: renderJoin(config.publicUrl),
  });
  const steps = createCommandBatch({
    ...shared,
    command: stepCommand(ttl),
    render: renderStep,
    eventsOf: matchmakingEvents,
  });
  const cancels = createCommandBatch({
    ...shared,
    command: cancelCommand,
    eventsOf: matchmakingEvents,
    render: () => ({ status: 204, text: null }),
  });

  const feedback = createCommandBatch({
    ...{ db, slowQueue, command: feedbackCommand, render: renderFeedback, onEffectsError() {} },
    eventsOf: feedbackEvents,
    async applyEffects() {},
  });

  return {
    explain: createExplain(deps),
    async join(userId, body, trace) {
      await refuseUnknownLanguages(db, body);
      return (await joins.submit({ userId, body }, trace)).request;
    },
    async answerJoin(userId, body, options) {
      await refuseUnknownLanguages(db, body);
      return joins.answer({ userId, body }, options);
    },
    async cancel(userId, trace) {
      // Ends: a request is put back three times at most.
      for (;;) {
        const { heldFor } = await cancels.submit({ userId, reason: OWN_CANCEL }, trace);
        if (!heldFor) return;
        const command = { kind: 'decline', userId, cancelAs: OWN_CANCEL } as const;
        const isDeclined = await steps.submit({ sessionId: heldFor, command }, trace).then(
          () => true,
          (error) => {
            if (error instanceof FoyerError && error.code === 'session.bad_transition')
              return false;
            throw error;
          },
        );
        // Refused: the session moved on meanwhile, and the request with it.
        if (isDeclined) return;
      }
    },
    step: async (step, trace) => (await steps.submit(step, trace)).session,
    answerStep: (step, options) => steps.answer(step, options),
    answerFeedback: (given, options) => feedback.answer(given, options),
    async drain() {
      await Promise.all([joins, steps, cancels, feedback].map((each) => each.drain()));
      await throttled.drain();
    },
  };
}
