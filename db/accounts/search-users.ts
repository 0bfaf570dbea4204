import type { Knex } from 'knex';
import type { PublicProfile } from '../../contract/accounts.ts';
import { rowsOf } from '../knex.ts';

/** Of an index: users_username_prefix. "C" order, so that a beginning is one range of it. */
const KEY = '(lower(users.username::text) collate "C")';
const LAST = '\u{10FFFF}';
/** The characters of a username: anything else begins none, and some are no text for PostgreSQL. */
const POSSIBLE = /^[a-z0-9_.-]+$/;

interface Search {
  /** The beginning of a username, in any case. */
  prefix: string;
  /** The last username of the page before, in lower case. */
  after?: string | undefined;
  limit: number;
}

/** Full accounts by username, in its order. Guests have none; the deleted are left out. */
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
