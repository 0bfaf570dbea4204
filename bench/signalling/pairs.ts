import type { Db } from '../../db/knex.ts';
import { newId } from '../../ids.ts';
import { signIn } from '../measure/sign-in.ts';
import type { Pair } from './generator-messages.ts';

/**
 * Inserts pairs of people in a call directly into the tables, because another bench measures matching. The
 * two people of a pair use the first and the last port.
 */
export async function inCalls(db: Db, count: number, ports: readonly number[]): Promise<Pair[]> {
  const people = await signIn(db, 2 * count);
  const [near = 0, far = near] = [ports[0], ports.at(-1)];
  const pairs = Array.from({ length: count }, (_, at): Pair => {
    const [one, other] = [people[2 * at], people[2 * at + 1]];
    if (!one || !other) throw new Error('too few people');
    return {
      sessionId: newId(),
      sides: [
        { ...one, port: near },
        { ...other, port: far },
      ],
    };
  });
  const ids = pairs.map(({ sessionId }) => sessionId);
  const sides = (at: 0 | 1) => pairs.map((pair) => pair.sides[at].userId);
  await db.raw(
    `insert into sessions (id, pool, state, language, practice_user_id, native_user_id, created_at,
                           active_at)
     select id, 'bench', 'active', 'en', a, b, now(), now()
       from unnest(?::uuid[], ?::uuid[], ?::uuid[]) as x (id, a, b)`,
    [ids, sides(0), sides(1)],
  );
  for (const [at, role] of ['practice', 'native'].entries()) {
    await db.raw(
      `insert into session_participants (session_id, user_id, role, polite, connected_at)
       select id, person, ?, ?, now() from unnest(?::uuid[], ?::uuid[]) as x (id, person)`,
      [role, at === 0, ids, sides(at as 0 | 1)],
    );
  }
  return pairs;
}
