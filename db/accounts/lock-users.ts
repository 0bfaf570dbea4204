import type { Knex } from 'knex';
import { prepared, rowsOf } from '../knex.ts';

/**
 * Locks the rows of these users in id order, so that transactions cannot deadlock. It must be the first
 * statement of the transaction: READ COMMITTED takes a new snapshot for each statement, so later
 * statements see everything that a competing transaction committed.
 *
 * Returns the ids that exist and are not deleted. `no key update` does not block inserts with foreign
 * keys on `users`.
 */
export async function lockUsers(trx: Knex, ids: readonly string[]): Promise<string[]> {
  return [...(await lockPeople(trx, ids)).keys()];
}

/** The same, with the display names of the users. */
export async function lockPeople(trx: Knex, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await rowsOf<Locked>(
    prepared(
      trx,
      `select id, display_name, deleted_at from users
        where id = any(?::uuid[]) order by id for no key update`,
      [[...new Set(ids)]],
    ),
  );
  const present = rows.filter((row) => row.deleted_at === null);
  return new Map(present.map((row) => [row.id, row.display_name]));
}

interface Locked {
  id: string;
  display_name: string;
  deleted_at: Date | null;
}
