import { mintAccessToken } from '../../db/accounts/sign-in/access-token.ts';
import type { Db } from '../../db/knex.ts';
import { newId } from '../../ids.ts';
import { SECRET } from './program.ts';

const PAGE = 5_000;

/** Guests straight into the table, and a token for each. */
export async function signIn(db: Db, count: number): Promise<{ userId: string; token: string }[]> {
  const userIds = Array.from({ length: count }, newId);
  for (let at = 0; at < count; at += PAGE) {
    await db.raw(
      `insert into users (id, display_name) select id, 'Somebody' from unnest(?::uuid[]) as x (id)`,
      [userIds.slice(at, at + PAGE)],
    );
  }
  const claims = { role: 'guest', version: 1, familyId: null } as const;
  const sign = (userId: string) =>
    mintAccessToken({ authSecrets: [SECRET] }, { userId, ...claims });
  return Promise.all(userIds.map(async (userId) => ({ userId, token: await sign(userId) })));
}
