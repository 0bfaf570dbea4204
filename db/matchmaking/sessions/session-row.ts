import type { Session, SessionState } from '../../../contract/matchmaking.ts';
import type { Db } from '../../knex.ts';
import { prepared, rowsOf } from '../../knex.ts';
import type { SessionSnapshot, Side } from './session-machine.ts';

export interface ParticipantRow extends Side {
  displayName: string;
  role: 'practice' | 'native';
  polite: boolean;
  live: boolean;
}

/** A session with its two participants, the practising one first. */
export interface SessionView extends SessionSnapshot {
  id: string;
  pool: string;
  language: string;
  practiceUserId: string;
  nativeUserId: string;
  createdAt: Date;
  version: number;
  sides: [ParticipantRow, ParticipantRow];
}

interface Joined {
  id: string;
  pool: string;
  state: SessionState;
  language: string;
  practice_user_id: string;
  native_user_id: string;
  created_at: Date;
  accept_by: Date | null;
  connect_by: Date | null;
  active_at: Date | null;
  ends_at: Date | null;
  warned_at: Date | null;
  ended_at: Date | null;
  end_reason: string | null;
  version: number;
  user_id: string;
  display_name: string;
  role: 'practice' | 'native';
  polite: boolean;
  accepted_at: Date | null;
  connected_at: Date | null;
  left_at: Date | null;
  live: boolean;
  now: Date;
}

/** Sessions by id, in the order of their ids; those that do not exist are left out. */
export const readSessions = async (db: Db, ids: readonly string[]): Promise<SessionView[]> =>
  (await readSessionsNow(db, ids)).views;

/**
 * The same, with the time at which they were read. Under locks that is `clock_timestamp()`: `now()`
 * is when the transaction began, maybe before the step that it waited for.
 */
export async function readSessionsNow(
  db: Db,
  ids: readonly string[],
): Promise<{ views: SessionView[]; now: Date }> {
  if (ids.length === 0) return { views: [], now: new Date(0) };
  const rows = await rowsOf<Joined>(
    prepared(
      db,
      `select s.*, p.user_id, p.role, p.polite, p.accepted_at, p.connected_at, p.left_at, p.live,
              u.display_name, clock_timestamp() as now
         from sessions s
         join session_participants p on p.session_id = s.id
         join users u on u.id = p.user_id
        where s.id = any(?::uuid[])
        order by s.id, p.role desc`,
      [[...new Set(ids)]],
    ),
  );
  const views: SessionView[] = [];
  for (let at = 0; at + 1 < rows.length; at += 2) {
    const [practice, native] = [rows[at], rows[at + 1]];
    if (practice && native) views.push(viewOf(practice, native));
  }
  return { views, now: rows[0]?.now ?? new Date(0) };
}

const sideOf = (row: Joined): ParticipantRow => ({
  userId: row.user_id,
  displayName: row.display_name,
  role: row.role,
  polite: row.polite,
  acceptedAt: row.accepted_at,
  connectedAt: row.connected_at,
  leftAt: row.left_at,
  live: row.live,
});

const viewOf = (row: Joined, other: Joined): SessionView => ({
  id: row.id,
  pool: row.pool,
  state: row.state,
  language: row.language,
  practiceUserId: row.practice_user_id,
  nativeUserId: row.native_user_id,
  createdAt: row.created_at,
  acceptBy: row.accept_by,
  connectBy: row.connect_by,
  activeAt: row.active_at,
  endsAt: row.ends_at,
  warnedAt: row.warned_at,
  endedAt: row.ended_at,
  endReason: row.end_reason,
  version: row.version,
  sides: [sideOf(row), sideOf(other)],
});

const iso = (date: Date | null) => date?.toISOString() ?? null;

/** As the contract shows it. Duration counts from `activeAt`, and is known when the session ended. */
export const renderSession = (view: SessionView): Session => ({
  id: view.id,
  pool: view.pool,
  state: view.state,
  language: view.language,
  practiceUserId: view.practiceUserId,
  nativeUserId: view.nativeUserId,
  participants: view.sides.map((side) => ({
    userId: side.userId,
    displayName: side.displayName,
    role: side.role,
    polite: side.polite,
    accepted: side.acceptedAt !== null,
    connected: side.connectedAt !== null,
  })),
  createdAt: view.createdAt.toISOString(),
  acceptBy: iso(view.acceptBy),
  connectBy: iso(view.connectBy),
  activeAt: iso(view.activeAt),
  endsAt: iso(view.endsAt),
  endedAt: iso(view.endedAt),
  endReason: view.endReason,
  durationSeconds:
    view.activeAt && view.endedAt
      ? (view.endedAt.getTime() - view.activeAt.getTime()) / 1000
      : null,
  version: view.version,
});
