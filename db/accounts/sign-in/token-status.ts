import type { Knex } from 'knex';
import type { Role } from '../../../contract/accounts.ts';
import { rowsOf } from '../../knex.ts';

/** The user and the sign-in of a token. */
export interface Holder {
  userId: string;
  /** Null for a token without a sign-in: only the user is checked. */
  familyId: string | null;
}

/** The current status of a token (RFC 7662). Gone: the user is deleted or unknown, or the sign-in has ended. */
export type TokenStatus = { gone: true } | { gone: false; role: Role; version: number };

interface Row {
  role: Role | null;
  version: number | null;
  alive: boolean;
}

/**
 * Reads the status of many tokens in one statement, in input order. A family is live while one of its
 * tokens is not revoked. The purge keeps the latest token for 30 days; an access token lives 15 minutes.
 * Takes one index lookup per token in `users` and in `refresh_tokens_family_id`.
 */
export async function readTokenStatuses(
  db: Knex,
  holders: readonly Holder[],
): Promise<TokenStatus[]> {
  const users = holders.map((holder) => holder.userId);
  // The driver accepts nulls in an array; knex's types do not.
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
