import type { SessionState } from '../../../contract/matchmaking.ts';
import { type Db, rowsOf } from '../../knex.ts';
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

/** People with a waiting request or a live session, by id, to begin observing who of them is absent. */
export async function usersWithLiveState(
  db: Db,
  afterId: string,
  limit: number,
): Promise<string[]> {
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
export async function usersWithLiveStateAmong(
  db: Db,
  userIds: readonly string[],
): Promise<string[]> {
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
