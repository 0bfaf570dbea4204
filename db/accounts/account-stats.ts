import { type Db, rowsOf } from '../knex.ts';

/** Counting stops at this number. */
export const MOST_COUNTED = 200_000;

export interface AccountStats {
  users: number;
  guests: number;
  /** Registrations and new guests in the last hour. */
  newLastHour: number;
}

/** Counts of accounts for the operator pages. */
export async function accountStats(db: Db): Promise<AccountStats> {
  const [row] = await rowsOf<AccountStats>(
    db.raw(
      `select count(*) filter (where role <> 'guest')::int as users,
              count(*) filter (where role = 'guest')::int as guests,
              (select count(*)::int from users
                where created_at > now() - interval '1 hour') as "newLastHour"
         from (select role from users where deleted_at is null limit ?) u`,
      [MOST_COUNTED],
    ),
  );
  return row ?? { users: 0, guests: 0, newLastHour: 0 };
}
