import { type Db, rowsOf } from '../../knex.ts';

/** A session that was not accepted in time, or not connected in time. */
export interface OverdueSession {
  id: string;
  step: 'accept' | 'connect';
  createdAt: Date;
  deadline: Date;
  userIds: [string, string];
}

/** Each half reads the partial index of its own states, in the order of the deadlines. */
const CONNECT = `
  select s.id, 'connect' as step, s.connect_by as deadline, s.created_at, s.practice_user_id,
         s.native_user_id
    from sessions s
   where s.state in ('matched', 'connecting') and s.connect_by <= now()`;
const ACCEPT = `
  select s.id, 'accept' as step, s.accept_by as deadline, s.created_at, s.practice_user_id,
         s.native_user_id
    from sessions s
   where s.state = 'matched' and s.accept_by <= now()`;

/** Of these sessions, those past their deadline. */
export const overdueAmong = async (db: Db, ids: readonly string[]) =>
  overdue(
    await rowsOf(
      db.raw(
        `${CONNECT} and s.id = any(:ids::uuid[]) union all ${ACCEPT} and s.id = any(:ids::uuid[])`,
        { ids: [...ids] },
      ),
    ),
  );

/** Sessions past their deadline, the oldest deadlines first: at most `limit` of each step. */
export const overdueSessions = async (db: Db, limit: number) =>
  overdue(
    await rowsOf(
      db.raw(
        `(${CONNECT} order by s.connect_by limit :limit)
          union all (${ACCEPT} order by s.accept_by limit :limit)`,
        { limit },
      ),
    ),
  );

interface OverdueRow {
  id: string;
  step: OverdueSession['step'];
  created_at: Date;
  deadline: Date;
  practice_user_id: string;
  native_user_id: string;
}
const overdue = (rows: OverdueRow[]): OverdueSession[] =>
  rows.map((row) => ({
    id: row.id,
    step: row.step,
    createdAt: row.created_at,
    deadline: row.deadline,
    userIds: [row.practice_user_id, row.native_user_id],
  }));

export interface NearEnd {
  id: string;
  /** The time is over; else it is only near. */
  isOver: boolean;
}

/**
 * Active calls whose time is over, or will be within `warnSeconds` and that are not warned yet. Calls
 * without an end of their own began when there was no limit: `limitMinutes` counts for them from now on.
 */
export async function endingSessions(
  db: Db,
  {
    limitMinutes,
    warnSeconds,
    limit,
  }: { limitMinutes: number; warnSeconds: number; limit: number },
): Promise<NearEnd[]> {
  const rows = await rowsOf<{ id: string; over: boolean }>(
    db.raw(
      `(select id, ends_at <= now() as over from sessions
         where state = 'active' and ends_at is not null
           and ends_at <= now() + make_interval(secs => :warn)
           and (warned_at is null or ends_at <= now())
         order by ends_at limit :limit)
       union all
       (select id, active_at <= now() - make_interval(mins => :minutes) as over from sessions
         where :minutes > 0 and state = 'active' and ends_at is null
           and active_at <= now() - make_interval(mins => :minutes) + make_interval(secs => :warn)
           and (warned_at is null or active_at <= now() - make_interval(mins => :minutes))
         order by active_at limit :limit)`,
      { minutes: limitMinutes, warn: warnSeconds, limit },
    ),
  );
  return rows.map(({ id, over }) => ({ id, isOver: over }));
}
