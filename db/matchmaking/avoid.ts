import { bounds } from '../../config.ts';
import { type Db, rowsOf } from '../knex.ts';

/** Whom each of these people must not meet: blocks in either direction, failed partners of the hour. */
export async function avoidLists(
  db: Db,
  userIds: readonly string[],
): Promise<Map<string, string[]>> {
  const ids = [...userIds];
  const rows = await rowsOf<{ user_id: string; other: string }>(
    db.raw(
      `select user_id, blocked_id as other from blocks where user_id = any(:ids::uuid[])
       union
       select blocked_id, user_id from blocks where blocked_id = any(:ids::uuid[])
       union
       select practice_user_id, native_user_id from sessions
        where state = 'failed' and practice_user_id = any(:ids::uuid[])
          and ended_at > now() - make_interval(mins => :minutes)
       union
       select native_user_id, practice_user_id from sessions
        where state = 'failed' and native_user_id = any(:ids::uuid[])
          and ended_at > now() - make_interval(mins => :minutes)`,
      { ids, minutes: bounds.failedPartnerMinutes },
    ),
  );
  return listsOf(rows);
}

/** The partners of the last 24 hours of each of these people, the newest few. */
export async function recentPartners(
  db: Db,
  userIds: readonly string[],
): Promise<Map<string, string[]>> {
  if (userIds.length === 0) return new Map();
  // Session ids grow with time: the newest few are the end of the index (user_id, session_id).
  const rows = await rowsOf<{ user_id: string; other: string }>(
    db.raw(
      `select u.user_id, o.user_id as other
         from unnest(?::uuid[]) as u (user_id)
        cross join lateral (
              select p.session_id from session_participants p
               where p.user_id = u.user_id
               order by p.session_id desc limit ?) as mine
         join sessions s on s.id = mine.session_id
          and s.created_at > now() - make_interval(hours => ?)
         join session_participants o
           on o.session_id = mine.session_id and o.user_id <> u.user_id`,
      [[...userIds], bounds.recentPartners, bounds.recentPartnerHours],
    ),
  );
  return listsOf(rows);
}

function listsOf(rows: { user_id: string; other: string }[]): Map<string, string[]> {
  const lists = new Map<string, string[]>();
  for (const { user_id, other } of rows) {
    const list = lists.get(user_id);
    if (list) list.push(other);
    else lists.set(user_id, [other]);
  }
  return lists;
}

/** Of these pairs, those who must not meet, as `a/b`. The same rule, asked again at creation. */
export async function avoidedPairs(
  db: Db,
  pairs: readonly { a: string; b: string }[],
): Promise<Set<string>> {
  const rows = await rowsOf<{ a: string; b: string }>(
    db.raw(
      `select x.a, x.b
         from unnest(?::uuid[], ?::uuid[]) as x (a, b)
        where exists (select from blocks k where k.user_id = x.a and k.blocked_id = x.b)
           or exists (select from blocks k where k.user_id = x.b and k.blocked_id = x.a)
           or exists (select from sessions s where s.state = 'failed'
                 and s.practice_user_id = x.a and s.native_user_id = x.b
                 and s.ended_at > now() - make_interval(mins => ?))
           or exists (select from sessions s where s.state = 'failed'
                 and s.practice_user_id = x.b and s.native_user_id = x.a
                 and s.ended_at > now() - make_interval(mins => ?))`,
      [
        pairs.map(({ a }) => a),
        pairs.map(({ b }) => b),
        bounds.failedPartnerMinutes,
        bounds.failedPartnerMinutes,
      ],
    ),
  );
  return new Set(rows.map(({ a, b }) => pairKey(a, b)));
}
export const pairKey = (a: string, b: string) => `${a}/${b}`;
