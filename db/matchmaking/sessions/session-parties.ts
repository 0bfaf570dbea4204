import type { SessionState } from '../../../contract/matchmaking.ts';
import { type Db, prepared, rowsOf } from '../../knex.ts';

/** The participants of a session and its state: all that a signal needs, in one narrow read. */
export interface SessionParties {
  id: string;
  state: SessionState;
  userIds: readonly [string, string];
  /** When this was read, in seconds since 1970. */
  nowSeconds: number;
}

interface Row {
  id: string;
  state: SessionState;
  practice_user_id: string;
  native_user_id: string;
  now_seconds: number;
}

/** By id; sessions that do not exist are left out. One lookup by primary key each. */
export async function readParties(
  db: Db,
  ids: readonly string[],
): Promise<Map<string, SessionParties>> {
  const rows = await rowsOf<Row>(
    prepared(
      db,
      `select id, state, practice_user_id, native_user_id,
              extract(epoch from now())::float8 as now_seconds
         from sessions where id = any(?::uuid[])`,
      [[...ids]],
    ),
  );
  return new Map(rows.map((row) => [row.id, partiesOf(row)]));
}

const partiesOf = (row: Row): SessionParties => ({
  id: row.id,
  state: row.state,
  userIds: [row.practice_user_id, row.native_user_id],
  nowSeconds: row.now_seconds,
});
