import type { SessionState } from '../../contract/matchmaking.ts';
import { type Db, rowsOf } from '../knex.ts';
import { readSessions, type SessionView } from './session-row.ts';

/** One session, for a participant; a stranger's does not exist for them. */
export async function findSession(
  db: Db,
  id: string,
  userId: string,
): Promise<SessionView | undefined> {
  const [view] = await readSessions(db, [id]);
  return view?.sides.some((side) => side.userId === userId) ? view : undefined;
}

/** My live session. */
export async function currentSession(db: Db, userId: string): Promise<SessionView | undefined> {
  const row: { session_id: string } | undefined = await db('session_participants')
    .where({ user_id: userId, live: true })
    .first('session_id');
  if (!row) return undefined;
  const [view] = await readSessions(db, [row.session_id]);
  return view;
}

/** My sessions, newest first. Ids are UUIDv7, so their order is the order of creation. */
export async function listSessions(
  db: Db,
  userId: string,
  {
    state,
    before,
    limit,
  }: { state?: SessionState | undefined; before?: string | undefined; limit: number },
): Promise<SessionView[]> {
  const query = db('session_participants as p')
    .join('sessions as s', 's.id', 'p.session_id')
    .where('p.user_id', userId)
    .orderBy('p.session_id', 'desc')
    .limit(limit)
    .select('p.session_id');
  if (state) query.where('s.state', state);
  if (before) query.where('p.session_id', '<', before);
  const rows = (await query) as { session_id: string }[];
  const views = await readSessions(
    db,
    rows.map((row) => row.session_id),
  );
  return views.sort((a, b) => (a.id < b.id ? 1 : -1));
}

export interface OverdueSession {
  id: string;
  connectBy: Date;
  userIds: [string, string];
}

const OVERDUE = `
  select s.id, s.connect_by, s.practice_user_id, s.native_user_id from sessions s
   where s.state in ('matched', 'connecting') and s.connect_by <= now()`;

/** Of these sessions, those that nobody connected in time. */
export const overdueAmong = async (db: Db, ids: readonly string[]) =>
  overdue(await rowsOf(db.raw(`${OVERDUE} and s.id = any(?::uuid[])`, [[...ids]])));

/** Sessions that nobody connected in time, oldest deadline first. */
export const overdueSessions = async (db: Db, limit: number) =>
  overdue(await rowsOf(db.raw(`${OVERDUE} order by s.connect_by limit ?`, [limit])));

interface OverdueRow {
  id: string;
  connect_by: Date;
  practice_user_id: string;
  native_user_id: string;
}
const overdue = (rows: OverdueRow[]): OverdueSession[] =>
  rows.map((row) => ({
    id: row.id,
    connectBy: row.connect_by,
    userIds: [row.practice_user_id, row.native_user_id],
  }));

/** The active sessions of these people. */
export async function activeSessionsOf(
  db: Db,
  userIds: readonly string[],
): Promise<{ sessionId: string; userId: string }[]> {
  const rows = await rowsOf<{ session_id: string; user_id: string }>(
    db.raw(
      `select p.session_id, p.user_id from session_participants p
         join sessions s on s.id = p.session_id
        where p.live and s.state = 'active' and p.user_id = any(?::uuid[])`,
      [[...userIds]],
    ),
  );
  return rows.map((row) => ({ sessionId: row.session_id, userId: row.user_id }));
}

/** Active sessions that outlasted `SESSION_MAX_MINUTES`. */
export async function overlongSessions(db: Db, minutes: number, limit: number): Promise<string[]> {
  const rows = await db('sessions')
    .whereRaw("state = 'active' and active_at <= now() - make_interval(mins => ?)", [minutes])
    .orderBy('active_at')
    .limit(limit)
    .select('id');
  return rows.map((row: { id: string }) => row.id);
}

/** People with a waiting request or a live session, by id, to begin observing who of them is absent. */
export async function engagedUsers(db: Db, afterId: string, limit: number): Promise<string[]> {
  const rows = await rowsOf<{ user_id: string }>(
    db.raw(
      `select user_id from match_requests where state in ('waiting', 'held') and user_id > :after
       union
       select user_id from session_participants where live and user_id > :after
       order by user_id limit :limit`,
      { after: afterId, limit },
    ),
  );
  return rows.map((row) => row.user_id);
}

/** Of these people, those with a waiting request or a live session. */
export async function engagedAmong(db: Db, userIds: readonly string[]): Promise<string[]> {
  const rows = await rowsOf<{ user_id: string }>(
    db.raw(
      `select user_id from match_requests
        where state in ('waiting', 'held') and user_id = any(:ids::uuid[])
       union
       select user_id from session_participants where live and user_id = any(:ids::uuid[])`,
      { ids: [...userIds] },
    ),
  );
  return rows.map((row) => row.user_id);
}
