import { rowsOf } from '../../../../db/knex.ts';
import type { World } from '../../world/world.ts';
import { limits } from './settings.ts';

/**
 * Two compatible people who have both waited since `since` and have not been matched. After all relax steps,
 * no preference keeps two people apart.
 */
export async function backlog({ db }: World, since: number): Promise<string | null> {
  const rows = await rowsOf<{ a: string; b: string; pairs: number }>(
    db.raw(
      `with waiting as (
         select id, user_id, pool, native, practice from match_requests
          where state = 'waiting' and changed_at <= to_timestamp(:since / 1000.0)
            and joined_at < clock_timestamp() - make_interval(secs => :relaxed / 1000.0))
       select a.id as a, b.id as b, count(*) over ()::int as pairs
         from waiting a join waiting b on a.id < b.id and a.pool = b.pool
          and a.practice && b.native and a.native && b.practice
        where not exists (select from blocks k
                where (k.user_id, k.blocked_id) in ((a.user_id, b.user_id), (b.user_id, a.user_id)))
          and not exists (select from sessions s where s.state = 'failed'
                and (s.practice_user_id, s.native_user_id)
                    in ((a.user_id, b.user_id), (b.user_id, a.user_id)))
        limit 1`,
      { since, relaxed: limits.relaxedMs },
    ),
  );
  const [first] = rows;
  return first
    ? `requests ${first.a} and ${first.b} wait for each other (${first.pairs} pairs)`
    : null;
}
