import type { Knex } from 'knex';
import { prepared, rowsOf } from '../knex.ts';
import type { Locking } from '../write/command.ts';
import type { HotTrx } from '../write/hot-transaction.ts';
import { defineLockStatement, defineStatement } from '../write/statement.ts';

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

const lockStatement = defineLockStatement<Locked>(
  `select id, display_name, deleted_at from users
    where id = any($1::uuid[]) order by id for no key update`,
);
const presentStatement = defineStatement<{ id: string }>(
  'select id from users where id = any($1::uuid[]) and deleted_at is null',
);

/** People under their locks. */
export interface LockedPeople {
  /** Names by id, of those who exist, are not deleted and are locked here. */
  people: ReadonlyMap<string, string>;
  /** Those who exist and are locked by another transaction; always empty when this one waits. */
  elsewhere: ReadonlySet<string>;
}

/** The same for a hot transaction: the statements go out with what is read after them. */
export async function lockPeopleIn(
  trx: HotTrx,
  ids: readonly string[],
  locking: Locking,
): Promise<LockedPeople> {
  const distinct = [...new Set(ids)];
  const [rows, present] = await Promise.all([
    trx.read(lockStatement[locking], [distinct]),
    locking === 'skip' ? trx.read(presentStatement, [distinct]) : [],
  ]);
  const locked = new Set(rows.map(({ id }) => id));
  const live = rows.filter((row) => row.deleted_at === null);
  return {
    people: new Map(live.map((row) => [row.id, row.display_name])),
    elsewhere: new Set(present.map(({ id }) => id).filter((id) => !locked.has(id))),
  };
}
