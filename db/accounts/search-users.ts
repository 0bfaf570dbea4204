import type { Knex } from 'knex';
import type { PublicProfile } from '../../contract/accounts.ts';
import { rowsOf } from '../knex.ts';

/** The expression of the index users_username_prefix. With "C" collation, a prefix is one index range. */
const KEY = '(lower(users.username::text) collate "C")';
const LAST = '\u{10FFFF}';
/** The characters of a username. No username starts with anything else, and PostgreSQL rejects some other characters. */
const POSSIBLE = /^[a-z0-9_.-]+$/;

interface Search {
  /** The prefix of a username, case-insensitive. */
  prefix: string;
  /** The last username of the previous page, in lowercase. */
  after?: string | undefined;
  limit: number;
}

/** Full accounts in username order. Excludes guests, who have no username, and deleted users. */
export async function searchUsers(
  db: Knex,
  { prefix, after, limit }: Search,
): Promise<PublicProfile[]> {
  const from = prefix.toLowerCase();
  if (!POSSIBLE.test(from)) return [];
  return rowsOf<PublicProfile>(
    db.raw(
      `select users.id, users.username::text as username, users.display_name as "displayName"
       from users
       where ${KEY} >= ? and ${KEY} < ? and ${KEY} > ? and users.deleted_at is null
       order by ${KEY} limit ?`,
      [from, `${from}${LAST}`, after ?? '', limit],
    ),
  );
}
