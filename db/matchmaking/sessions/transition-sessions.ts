import { FoyerError } from '../../../errors.ts';
import { prepared, type Trx } from '../../knex.ts';
import type { Effects } from '../effects.ts';
import { type SessionCommand, transition } from './session-machine.ts';
import { applyVerdicts, type SessionRequest } from './session-requests.ts';
import { readSessionsNow, type SessionView } from './session-row.ts';

export interface SessionStep {
  sessionId: string;
  command: SessionCommand;
}
export type StepOutcome =
  | { session: SessionView; changed: boolean }
  /** session.not_found (also for a stranger) · session.bad_transition */
  | { error: FoyerError };

interface Written {
  session: SessionView;
  event: string;
  actor: string | null;
  data: Record<string, unknown>;
}

/**
 * Take steps of many sessions in one transaction: what people ask for, and what time-outs and sweeps
 * find. Both participants are locked before anything is read, so that a session has one writer at a
 * time; each step is decided by the machine alone and leaves one event row.
 */
export async function transitionSessions(
  trx: Trx,
  steps: readonly SessionStep[],
  ttlSeconds: number,
): Promise<{ outcomes: StepOutcome[]; effects: Effects }> {
  const ids = [...new Set(steps.map(({ sessionId }) => sessionId))];
  const [, { views, now }] = await Promise.all([
    lockParticipants(trx, ids), // goes out first; the sessions are read when the locks are held
    readSessionsNow(trx, ids),
  ]);
  const sessions = new Map(views.map((view) => [view.id, view]));
  const written: Written[] = [];
  const verdicts: SessionRequest[] = [];
  const outcomes = steps.map((step) => take(step, sessions, now, written, verdicts));
  const changed = [...new Set(written.map(({ session }) => session.id))];
  const final = changed.flatMap((id) => sessions.get(id) ?? []);
  if (final.length > 0) await write(trx, final, changedSides(views, final), written);
  const requests = await applyVerdicts(trx, verdicts, ttlSeconds);
  return { outcomes, effects: { requests, sessions: final, found: [] } };
}

function take(
  { sessionId, command }: SessionStep,
  sessions: Map<string, SessionView>,
  now: Date,
  written: Written[],
  verdicts: SessionRequest[],
): StepOutcome {
  const session = sessions.get(sessionId);
  const actor = 'userId' in command ? command.userId : null;
  if (!session || (actor && !session.sides.some((side) => side.userId === actor)))
    return { error: new FoyerError('session.not_found') };
  const step = transition(session, command, now);
  if (step.kind === 'refused') return { error: new FoyerError('session.bad_transition') };
  if (step.kind === 'unchanged') return { session, changed: false };
  const next = { ...session, ...step.next, version: session.version + 1 } as SessionView;
  sessions.set(sessionId, next);
  const reason = 'reason' in command ? command.reason : undefined;
  written.push({ session: next, event: step.event, actor, data: reason ? { reason } : {} });
  verdicts.push(...step.requests.map((verdict) => ({ sessionId, ...verdict })));
  return { session: next, changed: true };
}

/** Both participants of each, in the one order. Who takes part in a session never changes. */
export async function lockParticipants(trx: Trx, ids: readonly string[]): Promise<void> {
  await prepared(
    trx,
    `select u.id from users u
      where u.id in (select user_id from session_participants where session_id = any(?::uuid[]))
      order by u.id for no key update of u`,
    [[...ids]],
  );
}

/** Rows that a step left as they were are not written again. */
function changedSides(before: readonly SessionView[], after: readonly SessionView[]) {
  const old = new Map(before.map((view) => [view.id, view]));
  return after.flatMap((view) => {
    const was = old.get(view.id);
    const hasJustEnded = view.endedAt !== null;
    return sideRows(view).filter(
      (row, at) =>
        hasJustEnded ||
        row.accepted_at !== was?.sides[at]?.acceptedAt ||
        row.connected_at !== was?.sides[at]?.connectedAt ||
        row.left_at !== was?.sides[at]?.leftAt,
    );
  });
}

/**
 * Sessions, sides and events in one statement. The ids stand in it twice, so that rows are found by
 * key whatever the planner believes about the tables.
 */
async function write(
  trx: Trx,
  sessions: SessionView[],
  sides: ReturnType<typeof sideRows>,
  written: Written[],
): Promise<void> {
  await prepared(
    trx,
    `with stepped as (
       update sessions s
          set state = x.state, connect_by = coalesce(s.connect_by, x.connect_by),
              active_at = x.active_at, ends_at = x.ends_at, warned_at = x.warned_at,
              ended_at = x.ended_at, end_reason = x.end_reason, version = x.version
         from jsonb_to_recordset(:sessions::jsonb) as x
              (id uuid, state text, connect_by timestamptz, active_at timestamptz,
               ends_at timestamptz, warned_at timestamptz, ended_at timestamptz, end_reason text,
               version integer)
        where s.id = any(:ids::uuid[]) and s.id = x.id and s.version < x.version
     ), seated as (
       update session_participants p
          set accepted_at = x.accepted_at, connected_at = x.connected_at, left_at = x.left_at, live = x.live
         from jsonb_to_recordset(:sides::jsonb) as x
              (session_id uuid, user_id uuid, accepted_at timestamptz, connected_at timestamptz,
               left_at timestamptz, live boolean)
        where p.session_id = any(:ids::uuid[])
          and p.session_id = x.session_id and p.user_id = x.user_id
     )
     insert into session_events (session_id, seq, type, actor_id, data)
     select x.session_id, x.seq, x.type, x.actor_id, x.data
       from jsonb_to_recordset(:events::jsonb) as x
            (session_id uuid, seq integer, type text, actor_id uuid, data jsonb)`,
    {
      ids: sessions.map(({ id }) => id),
      sessions: JSON.stringify(sessions.map(sessionRow)),
      sides: JSON.stringify(sides),
      events: JSON.stringify(written.map(eventRow)),
    },
  );
}

const sessionRow = (view: SessionView) => ({
  id: view.id,
  state: view.state,
  connect_by: view.connectBy,
  active_at: view.activeAt,
  ends_at: view.endsAt,
  warned_at: view.warnedAt,
  ended_at: view.endedAt,
  end_reason: view.endReason,
  version: view.version,
});

const sideRows = (view: SessionView) =>
  view.sides.map((side) => ({
    session_id: view.id,
    user_id: side.userId,
    accepted_at: side.acceptedAt,
    connected_at: side.connectedAt,
    left_at: side.leftAt,
    live: view.endedAt === null,
  }));

const eventRow = ({ session, event, actor, data }: Written) => ({
  session_id: session.id,
  seq: session.version,
  type: event,
  actor_id: actor,
  data: { ...data, ...(session.endReason ? { endReason: session.endReason } : {}) },
});
