import { FoyerError } from '../../../contract/errors.ts';
import type { BatchCommand, EventsOf, Locking } from '../../write/command.ts';
import type { HotTrx } from '../../write/hot-transaction.ts';
import { runIn } from '../../write/run-in.ts';
import { defineLockStatement } from '../../write/statement.ts';
import type { Effects } from '../effects.ts';
import type { RequestRow } from '../requests/request-row.ts';
import { type SessionCommand, transition } from './session-machine.ts';
import {
  decideRequests,
  readSessionRequests,
  requestsWrite,
  type SessionRequest,
} from './session-requests.ts';
import { readSessionsNow, type SessionView } from './session-row.ts';
import { type WrittenStep, writeSteps } from './write-steps.ts';

export interface SessionStep {
  sessionId: string;
  command: SessionCommand;
}
export interface Stepped {
  session: SessionView;
  changed: boolean;
}
export type StepOutcome =
  | Stepped
  /** session.not_found (also for a stranger) · session.bad_transition · service.unavailable (locked elsewhere) */
  | { error: unknown };

interface StepFacts {
  /** Participants who are locked here. */
  locked: ReadonlySet<string>;
  views: SessionView[];
  /** Those that these steps may decide. */
  requests: RequestRow[];
  now: Date;
}

/** Steps after which the session is in another state that outside systems ask for. */
const REACHED: ReadonlySet<string> = new Set(['active', 'completed', 'failed']);

/** Both participants of each, in the common lock order. The participants of a session never change. */
const lockParticipants = defineLockStatement<{ id: string }>(
  `select u.id from users u
    where u.id in (select user_id from session_participants where session_id = any($1::uuid[]))
    order by u.id for no key update of u`,
);

/**
 * Take steps of many sessions in one transaction: requests of people, and what time-outs and sweeps
 * find. Both participants are locked before anything is read, so that a session has one writer at a
 * time. The machine alone decides each step, and each step writes one event row.
 */
export const stepCommand = (
  ttlSeconds: number,
): BatchCommand<SessionStep, StepFacts, Stepped, Effects> => ({
  name: 'session-step',
  subjectsOf: ({ sessionId }) => [sessionId],
  async read(trx, steps, locking) {
    const ids = [...new Set(steps.map(({ sessionId }) => sessionId))];
    const [locked, { views, now }, requests] = await Promise.all([
      trx.read(lockParticipants[locking], [ids]), // goes out first; the sessions are read when the locks are held
      readSessionsNow(trx, ids),
      readSessionRequests(trx, steps),
    ]);
    return { locked: new Set(locked.map(({ id }) => id)), views, requests, now };
  },
  decide({ locked, views, requests, now }, steps) {
    const sessions = new Map(views.map((view) => [view.id, view]));
    const written: WrittenStep[] = [];
    const verdicts: SessionRequest[] = [];
    const causedBy = new Map<string, number>();
    const outcomes = steps.map((step, at) => {
      const sides = sessions.get(step.sessionId)?.sides ?? [];
      if (sides.some(({ userId }) => !locked.has(userId))) return 'locked' as const;
      const outcome = take(step, sessions, now, written, verdicts);
      if ('ok' in outcome && outcome.ok.changed)
        for (const id of [step.sessionId, ...sides.map(({ userId }) => userId)])
          causedBy.set(id, at);
      return outcome;
    });
    const changed = [...new Set(written.map(({ session }) => session.id))];
    const final = changed.flatMap((id) => sessions.get(id) ?? []);
    const decided = decideRequests(verdicts, requests, { now, ttlSeconds });
    const writes = [
      ...(final.length > 0 ? [writeSteps(views, final, written)] : []),
      ...(decided.length > 0 ? [requestsWrite(decided)] : []),
    ];
    const reached = written.filter(({ event }) => REACHED.has(event)).map(({ session }) => session);
    const effects = { requests: decided, sessions: final, found: [], reached, causedBy };
    return { outcomes, writes, effects };
  },
});

/** Take steps in a hot transaction of their own. Skipped sessions are locked elsewhere; a later sweep finds them again. */
export async function transitionSessions(
  trx: HotTrx,
  steps: readonly SessionStep[],
  ttlSeconds: number,
  locking: Locking = 'wait',
  eventsOf?: EventsOf<Effects>,
): Promise<{ outcomes: StepOutcome[]; effects: Effects }> {
  const command = stepCommand(ttlSeconds);
  const { outcomes, effects } = await runIn(trx, command, steps, locking, eventsOf);
  return {
    outcomes: outcomes.map((one) => {
      if (one === 'locked') return { error: new FoyerError('service.unavailable') };
      return 'ok' in one ? one.ok : one;
    }),
    effects,
  };
}

function take(
  { sessionId, command }: SessionStep,
  sessions: Map<string, SessionView>,
  now: Date,
  written: WrittenStep[],
  verdicts: SessionRequest[],
): { ok: Stepped } | { error: FoyerError } {
  const session = sessions.get(sessionId);
  const actor = 'userId' in command ? command.userId : null;
  if (!session || (actor && !session.sides.some((side) => side.userId === actor)))
    return { error: new FoyerError('session.not_found') };
  const step = transition(session, command, now);
  if (step.kind === 'refused') return { error: new FoyerError('session.bad_transition') };
  if (step.kind === 'unchanged') return { ok: { session, changed: false } };
  const next = { ...session, ...step.next, version: session.version + 1 } as SessionView;
  sessions.set(sessionId, next);
  const reason = 'reason' in command ? command.reason : undefined;
  written.push({ session: next, event: step.event, actor, data: reason ? { reason } : {} });
  verdicts.push(...step.requests.map((verdict) => ({ sessionId, ...verdict })));
  return { ok: { session: next, changed: true } };
}
