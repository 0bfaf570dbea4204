import type { Knex } from 'knex';
import { prepared, rowsOf } from '../knex.ts';

/**
 * Take the row locks of these people, in id order, so that no two transactions can wait for each
 * other in a circle. A statement of its own, and the first one of the transaction: what is read
 * after it is what a competitor committed, not what stood there before the wait (READ COMMITTED
 * takes a fresh snapshot for each statement).
 *
 * Returns the ids that exist and are not deleted. `no key update` lets foreign keys on `users` be
 * inserted meanwhile.
 */
export async function lockUsers(trx: Knex, ids: readonly string[]): Promise<string[]> {
  return [...(await lockPeople(trx, ids)).keys()];
}

/** The same, with the names that the people show. */
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
