import type { Knex } from 'knex';
import type { Role } from '../../contract/accounts.ts';
import { rowsOf } from '../knex.ts';

/** Whose token, and of which sign-in. */
export interface Holder {
  userId: string;
  /** null for a token that no sign-in made: only the person is asked about. */
  familyId: string | null;
}

/** What is true of a token's holder now. Gone: deleted, never there, or signed out. */
export type TokenStatus = { gone: true } | { gone: false; role: Role; version: number };

interface Row {
  role: Role | null;
  version: number | null;
  alive: boolean;
}

/**
 * The standing of many holders in one statement, in the order asked. A family is alive while one of
 * its tokens is not revoked; the purge leaves the newest one for 30 days, an access token lives 15
 * minutes. One index lookup a holder in `users` and in `refresh_tokens_family_id`.
 */
export async function readTokenStatuses(
  db: Knex,
  holders: readonly Holder[],
): Promise<TokenStatus[]> {
  const users = holders.map((holder) => holder.userId);
  // The driver takes nulls within an array; knex's types do not.
  const families = holders.map((holder) => holder.familyId) as string[];
  const rows = await rowsOf<Row>(
    db.raw(
      `select u.role, u.version,
              asked.family_id is null or exists (
                select from refresh_tokens t
                where t.family_id = asked.family_id and t.user_id = asked.user_id
                  and t.revoked_at is null) as alive
       from unnest(?::uuid[], ?::uuid[]) with ordinality as asked(user_id, family_id, place)
       left join users u on u.id = asked.user_id and u.deleted_at is null
       order by asked.place`,
      [users, families],
    ),
  );
  return rows.map(({ role, version, alive }) =>
    role === null || version === null || !alive ? { gone: true } : { gone: false, role, version },
  );
}
