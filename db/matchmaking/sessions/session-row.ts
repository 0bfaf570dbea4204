import type { SessionState } from '../../../contract/matchmaking.ts';
import type { Db } from '../../knex.ts';
import { prepared, rowsOf } from '../../knex.ts';
import type { HotTrx } from '../../write/hot-transaction.ts';
import { defineStatement } from '../../write/statement.ts';
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

const SESSIONS_NOW = `
  select s.*, p.user_id, p.role, p.polite, p.accepted_at, p.connected_at, p.left_at, p.live,
          u.display_name, clock_timestamp() as now
     from sessions s
     join session_participants p on p.session_id = s.id
     join users u on u.id = p.user_id
    where s.id = any($1::uuid[])
    order by s.id, p.role desc`;
const sessionsNow = defineStatement<Joined>(SESSIONS_NOW);

/** Sessions by id, in the order of their ids; those that do not exist are left out. */
export const readSessions = async (db: Db, ids: readonly string[]): Promise<SessionView[]> =>
  ids.length === 0
    ? []
    : viewsOf(await rowsOf<Joined>(prepared(db, SESSIONS_NOW.replace('$1', '?'), [[...ids]])));

/**
 * The same, with the time at which they were read. Under locks that is `clock_timestamp()`: `now()`
 * is when the transaction began, maybe before the step that it waited for.
 */
export async function readSessionsNow(
  trx: HotTrx,
  ids: readonly string[],
): Promise<{ views: SessionView[]; now: Date }> {
  const rows = await trx.read(sessionsNow, [[...new Set(ids)]]);
  return { views: viewsOf(rows), now: rows[0]?.now ?? new Date(0) };
}

function viewsOf(rows: readonly Joined[]): SessionView[] {
  const views: SessionView[] = [];
  for (let at = 0; at + 1 < rows.length; at += 2) {
    const [practice, native] = [rows[at], rows[at + 1]];
    if (practice && native) views.push(viewOf(practice, native));
  }
  return views;
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
