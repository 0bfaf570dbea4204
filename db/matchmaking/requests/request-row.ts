import type { Knex } from 'knex';
import type { RequestState } from '../../../contract/matchmaking.ts';
import type { Db } from '../../knex.ts';
import type { Waiting } from '../pool/pairing.ts';

/** A row of `match_requests`. Its join time is also given in microseconds: the place in the queue. */
export interface RequestRow {
  id: string;
  pool: string;
  user_id: string;
  native: string[];
  practice: string[];
  level: number | null;
  topics: string[];
  state: RequestState;
  reason: string | null;
  joined_at: Date;
  joined_us: string;
  expires_at: Date;
  requeues: number;
  session_id: string | null;
  version: number;
}

/** Every column of a RequestRow of the table `r`. */
export const REQUEST_COLUMNS = `
  r.id, r.pool, r.user_id, r.native, r.practice, r.level, r.topics, r.state, r.reason, r.joined_at,
  (extract(epoch from r.joined_at) * 1000000)::bigint::text as joined_us,
  r.expires_at, r.requeues, r.session_id, r.version`;

/** A query of request rows from the table `match_requests as r`. */
export const selectRequests = (db: Db): Knex.QueryBuilder<RequestRow, RequestRow[]> =>
  db('match_requests as r').select(db.raw(REQUEST_COLUMNS)) as never;

/** A row as the pairing rule sees it. */
export const asWaiting = (row: RequestRow): Waiting => ({
  userId: row.user_id,
  requestId: row.id,
  native: row.native,
  practice: row.practice,
  joinedUs: Number(row.joined_us),
});
