import { bounds } from '../../../config.ts';
import { type Db, prepared, rowsOf } from '../../knex.ts';
import type { HotTrx } from '../../write/hot-transaction.ts';
import { defineStatement } from '../../write/statement.ts';

export interface OthersOf {
  /** Blocks in either direction, and partners of sessions that failed within the hour: never matched. */
  avoid: string[];
  /** The newest few partners of the last 24 hours: not matched again yet. */
  recent: string[];
}

/** The people that each of these users must not meet, or should not meet yet. Users without any are left out. */
export async function othersOf(db: Db, userIds: readonly string[]): Promise<Map<string, OthersOf>> {
  if (userIds.length === 0) return new Map();
  // Session ids grow with time: the newest few are the end of the index (user_id, session_id).
  const rows = await rowsOf<{ user_id: string; other: string; recent: boolean }>(
    prepared(
      db,
      `select user_id, blocked_id as other, false as recent
         from blocks where user_id = any(:ids::uuid[])
       union
       select blocked_id, user_id, false from blocks where blocked_id = any(:ids::uuid[])
       union
       select practice_user_id, native_user_id, false from sessions
        where state = 'failed' and practice_user_id = any(:ids::uuid[])
          and ended_at > now() - make_interval(mins => :minutes)
       union
       select native_user_id, practice_user_id, false from sessions
        where state = 'failed' and native_user_id = any(:ids::uuid[])
          and ended_at > now() - make_interval(mins => :minutes)
       union
       select u.user_id, case when s.practice_user_id = u.user_id
                              then s.native_user_id else s.practice_user_id end, true
         from unnest(:ids::uuid[]) as u (user_id)
        cross join lateral (
              select p.session_id from session_participants p
               where p.user_id = u.user_id order by p.session_id desc limit :few) as mine
         join sessions s on s.id = mine.session_id
          and s.created_at > now() - make_interval(hours => :hours)`,
      {
        ids: [...userIds],
        minutes: bounds.failedPartnerMinutes,
        few: bounds.recentPartners,
        hours: bounds.recentPartnerHours,
      },
    ),
  );
  const people = new Map<string, OthersOf>();
  for (const { user_id, other, recent } of rows) {
    const known = people.get(user_id) ?? { avoid: [], recent: [] };
    known[recent ? 'recent' : 'avoid'].push(other);
    people.set(user_id, known);
  }
  return people;
}

export interface PairCheck {
  /** A session with this id exists: a former run of the job committed. */
  done: boolean;
  /** They must not meet: a block, or a session that failed within the hour. */
  apart: boolean;
}

/**
 * Scalars with `limit 1`: PostgreSQL may plan an `exists` over an unnest as a hashed SubPlan, which
 * reads the whole table for each batch.
 */
const recheckStatement = defineStatement<PairCheck>(
  `select coalesce((select true from sessions s where s.id = x.id limit 1), false) as done,
          coalesce(
            (select true from blocks k where k.user_id = x.a and k.blocked_id = x.b limit 1),
            (select true from blocks k where k.user_id = x.b and k.blocked_id = x.a limit 1),
            (select true from sessions s where s.state = 'failed'
                and s.practice_user_id = x.a and s.native_user_id = x.b
                and s.ended_at > now() - make_interval(mins => $4::int) limit 1),
            (select true from sessions s where s.state = 'failed'
                and s.practice_user_id = x.b and s.native_user_id = x.a
                and s.ended_at > now() - make_interval(mins => $4::int) limit 1),
            false) as apart
     from unnest($1::uuid[], $2::uuid[], $3::uuid[]) with ordinality as x (id, a, b, place)
    order by x.place`,
);

/** Check claimed pairs again in PostgreSQL, in the order in which they are given. */
export const recheckPairs = (
  trx: HotTrx,
  pairs: readonly { id: string; a: string; b: string }[],
): Promise<PairCheck[]> =>
  trx.read(recheckStatement, [
    pairs.map(({ id }) => id),
    pairs.map(({ a }) => a),
    pairs.map(({ b }) => b),
    bounds.failedPartnerMinutes,
  ]);
