import type { Db } from '../../db/knex.ts';

/** Ended sessions of two people of their own each: a table that has grown for a while. */
export async function fillSessions(db: Db, count: number): Promise<void> {
  await db.raw(
    `with people as (
       insert into users (id, display_name)
       select gen_random_uuid(), 'Somebody' from generate_series(1, 2) returning id
     ), pair as (
       select min(id::text)::uuid as a, max(id::text)::uuid as b from people
     )
     insert into sessions
       (id, pool, state, language, practice_user_id, native_user_id, created_at, ended_at, end_reason)
     select gen_random_uuid(), 'default', 'completed', 'de', pair.a, pair.b,
            now() - interval '1 day', now() - interval '1 day', 'left'
       from pair, generate_series(1, ?)`,
    [count],
  );
}
