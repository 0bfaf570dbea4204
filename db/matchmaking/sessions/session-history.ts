import { type Db, rowsOf } from '../../knex.ts';
import { listSessionEvents, type SessionEventRow } from './session-events.ts';
import { readSessions, type SessionView } from './session-row.ts';

/** The request with which a participant came into the session. */
export interface JoinRow {
  userId: string;
  joinedAt: Date;
  /** How often the request was put back, before or after this session. */
  requeues: number;
  state: string;
  reason: string | null;
}
export interface FeedbackRow {
  userId: string;
  rating: number;
  note: string | null;
  at: Date;
}
export interface ReportRow {
  reporterId: string;
  userId: string;
  reason: string;
  note: string | null;
  state: string;
  at: Date;
}

/** Everything that the tables keep about one session. */
export interface SessionHistory {
  session: SessionView;
  joins: JoinRow[];
  events: SessionEventRow[];
  feedback: FeedbackRow[];
  reports: ReportRow[];
}

/** Undefined for a session that does not exist, or not any more. */
export async function readSessionHistory(db: Db, id: string): Promise<SessionHistory | undefined> {
  const [session] = await readSessions(db, [id]);
  if (!session) return undefined;
  const [joins, events, feedback, reports] = await Promise.all([
    readJoins(db, session),
    listSessionEvents(db, id, 'anyone'),
    rowsOf<FeedbackRow>(
      db.raw(
        `select user_id as "userId", rating, note, created_at as at
           from session_feedback where session_id = ? order by created_at`,
        [id],
      ),
    ),
    rowsOf<ReportRow>(
      db.raw(
        `select reporter_id as "reporterId", user_id as "userId", reason, note, state,
                created_at as at
           from reports where session_id = ? order by id`,
        [id],
      ),
    ),
  ]);
  return { session, joins, events, feedback, reports };
}

/**
 * A request that was put back does not name the session any more. A person has one live request at a
 * time, so that it is the last one that they had joined with before the session was created.
 */
const readJoins = (db: Db, { createdAt, sides }: SessionView): Promise<JoinRow[]> =>
  rowsOf<JoinRow>(
    db.raw(
      `select r.user_id as "userId", r.joined_at as "joinedAt", r.requeues, r.state, r.reason
         from unnest(?::uuid[]) as p (user_id)
        cross join lateral (
          select * from match_requests m
           where m.user_id = p.user_id and m.joined_at <= ?
           order by m.joined_at desc limit 1) as r
        order by r.joined_at`,
      [sides.map(({ userId }) => userId), createdAt],
    ),
  );

export interface RecentSession {
  id: string;
  pool: string;
  language: string;
  state: string;
  endReason: string | null;
  createdAt: Date;
  /** Of the participants, the one who practises first. */
  names: [string, string];
}

/** The newest sessions before one. Ids are UUIDv7, so their order is the order of creation. */
export const recentSessions = (
  db: Db,
  limit: number,
  beforeId?: string,
): Promise<RecentSession[]> =>
  rowsOf<RecentSession>(
    db.raw(
      `select s.id, s.pool, s.language, s.state, s.end_reason as "endReason",
              s.created_at as "createdAt",
              array[p.display_name, n.display_name] as names
         from sessions s
         join users p on p.id = s.practice_user_id
         join users n on n.id = s.native_user_id
        where s.id < coalesce(?::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
        order by s.id desc limit ?`,
      [beforeId ?? null, limit] as never,
    ),
  );
