import { FoyerError } from '../../errors.ts';
import { lockUsers } from '../accounts/lock-users.ts';
import { rowsOf, type Trx } from '../knex.ts';
import type { Effects } from './effects.ts';
import { type FailedRequest, settleFailedRequests } from './failed-requests.ts';
import { type SessionCommand, transition } from './session-machine.ts';
import { readSessions, type SessionView } from './session-row.ts';

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
  await lockParticipants(trx, ids);
  const sessions = new Map((await readSessions(trx, ids)).map((view) => [view.id, view]));
  const now = await readClock(trx);
  const written: Written[] = [];
  const failed: FailedRequest[] = [];
  const outcomes = steps.map((step) => take(step, sessions, now, written, failed));
  const changed = [...new Set(written.map(({ session }) => session.id))];
  const final = changed.flatMap((id) => sessions.get(id) ?? []);
  if (final.length > 0) {
    await writeSessions(trx, final);
    await writeSides(trx, final);
    await writeEvents(trx, written);
  }
  const requests = await settleFailedRequests(trx, failed, ttlSeconds);
  return { outcomes, effects: { requests, sessions: final, found: [] } };
}

function take(
  { sessionId, command }: SessionStep,
  sessions: Map<string, SessionView>,
  now: Date,
  written: Written[],
  failed: FailedRequest[],
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
  const reason = command.kind === 'leave' ? command.reason : undefined;
  written.push({ session: next, event: step.event, actor, data: reason ? { reason } : {} });
  failed.push(...step.requests.map((verdict) => ({ sessionId, ...verdict })));
  return { session: next, changed: true };
}

/** Whom to lock is read before the lock: these columns never change. */
export async function lockParticipants(trx: Trx, ids: readonly string[]): Promise<void> {
  const rows = await trx('session_participants')
    .whereRaw('session_id = any(?::uuid[])', [[...ids]])
    .select('user_id');
  await lockUsers(
    trx,
    rows.map((row: { user_id: string }) => row.user_id),
  );
}

/** Read under the locks: `now()` is when the transaction began, maybe before the step it waited for. */
async function readClock(trx: Trx): Promise<Date> {
  const [row] = await rowsOf<{ now: Date }>(trx.raw('select clock_timestamp() as now'));
  if (!row) throw new Error('clock_timestamp() gave no row');
  return row.now;
}

async function writeSessions(trx: Trx, sessions: SessionView[]): Promise<void> {
  const rows = sessions.map((view) => ({
    id: view.id,
    state: view.state,
    active_at: view.activeAt,
    ended_at: view.endedAt,
    end_reason: view.endReason,
    version: view.version,
  }));
  await trx.raw(
    `update sessions s
        set state = x.state, active_at = x.active_at, ended_at = x.ended_at,
            end_reason = x.end_reason, version = x.version
       from jsonb_to_recordset(?::jsonb) as x
            (id uuid, state text, active_at timestamptz, ended_at timestamptz, end_reason text,
             version integer)
      where s.id = x.id and s.version < x.version`,
    [JSON.stringify(rows)],
  );
}

async function writeSides(trx: Trx, sessions: SessionView[]): Promise<void> {
  const rows = sessions.flatMap((view) =>
    view.sides.map((side) => ({
      session_id: view.id,
      user_id: side.userId,
      connected_at: side.connectedAt,
      left_at: side.leftAt,
      live: view.endedAt === null,
    })),
  );
  await trx.raw(
    `update session_participants p
        set connected_at = x.connected_at, left_at = x.left_at, live = x.live
       from jsonb_to_recordset(?::jsonb) as x
            (session_id uuid, user_id uuid, connected_at timestamptz, left_at timestamptz,
             live boolean)
      where p.session_id = x.session_id and p.user_id = x.user_id`,
    [JSON.stringify(rows)],
  );
}

async function writeEvents(trx: Trx, written: Written[]): Promise<void> {
  const rows = written.map(({ session, event, actor, data }) => ({
    session_id: session.id,
    seq: session.version,
    type: event,
    actor_id: actor,
    data: { ...data, ...(session.endReason ? { endReason: session.endReason } : {}) },
  }));
  await trx.raw(
    `insert into session_events (session_id, seq, type, actor_id, data)
     select x.session_id, x.seq, x.type, x.actor_id, x.data
       from jsonb_to_recordset(?::jsonb) as x
            (session_id uuid, seq integer, type text, actor_id uuid, data jsonb)`,
    [JSON.stringify(rows)],
  );
}
