import { defineStatement, type Write } from '../../write/statement.ts';
import type { SessionView } from './session-row.ts';

/** A step that was taken, as in its event row. */
export interface WrittenStep {
  session: SessionView;
  event: string;
  actor: string | null;
  data: Record<string, unknown>;
}

/**
 * Sessions, sides and events in one statement. The ids are in it twice, so that rows are found by key
 * whatever statistics the planner has.
 */
const statement = defineStatement(
  `with stepped as (
     update sessions s
        set state = x.state, connect_by = coalesce(s.connect_by, x.connect_by),
            active_at = x.active_at, ends_at = x.ends_at, warned_at = x.warned_at,
            ended_at = x.ended_at, end_reason = x.end_reason, version = x.version
       from jsonb_to_recordset($2::jsonb) as x
            (id uuid, state text, connect_by timestamptz, active_at timestamptz,
             ends_at timestamptz, warned_at timestamptz, ended_at timestamptz, end_reason text,
             version integer)
      where s.id = any($1::uuid[]) and s.id = x.id and s.version < x.version
   ), seated as (
     update session_participants p
        set accepted_at = x.accepted_at, connected_at = x.connected_at, left_at = x.left_at, live = x.live
       from jsonb_to_recordset($3::jsonb) as x
            (session_id uuid, user_id uuid, accepted_at timestamptz, connected_at timestamptz,
             left_at timestamptz, live boolean)
      where p.session_id = any($1::uuid[])
        and p.session_id = x.session_id and p.user_id = x.user_id
   )
   insert into session_events (session_id, seq, type, actor_id, data)
   select x.session_id, x.seq, x.type, x.actor_id, x.data
     from jsonb_to_recordset($4::jsonb) as x
          (session_id uuid, seq integer, type text, actor_id uuid, data jsonb)`,
);

/** The write of these steps: sessions in their last state, with the sides that changed. */
export const writeSteps = (
  before: readonly SessionView[],
  after: readonly SessionView[],
  steps: readonly WrittenStep[],
): Write => ({
  statement,
  values: [
    after.map(({ id }) => id),
    JSON.stringify(after.map(sessionRow)),
    JSON.stringify(changedSides(before, after)),
    JSON.stringify(steps.map(eventRow)),
  ],
});

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

const eventRow = ({ session, event, actor, data }: WrittenStep) => ({
  session_id: session.id,
  seq: session.version,
  type: event,
  actor_id: actor,
  data: { ...data, ...(session.endReason ? { endReason: session.endReason } : {}) },
});
