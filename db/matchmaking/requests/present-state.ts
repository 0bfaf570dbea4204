import type { HotTrx } from '../../write/hot-transaction.ts';
import { defineStatement } from '../../write/statement.ts';
import { REQUEST_COLUMNS, type RequestRow } from './request-row.ts';

/** Users in a live session, and users with a request that waits or is held, by user id. */
export interface PresentState {
  busy: ReadonlySet<string>;
  requests: ReadonlyMap<string, RequestRow>;
}

const statement = defineStatement<
  RequestRow & { person: string; busy: boolean; id: string | null }
>(
  `select u.id as person, p.user_id is not null as busy, ${REQUEST_COLUMNS}
     from unnest($1::uuid[]) as u (id)
     left join session_participants p on p.user_id = u.id and p.live
     left join match_requests r on r.user_id = u.id and r.state in ('waiting', 'held')
    where p.user_id is not null or r.id is not null`,
);

/** Reads both under the locks of these people. */
export async function readPresentState(
  trx: HotTrx,
  userIds: readonly string[],
): Promise<PresentState> {
  const rows = await trx.read(statement, [[...new Set(userIds)]]);
  const busy = new Set(rows.filter((row) => row.busy).map((row) => row.person));
  const requests = new Map<string, RequestRow>();
  for (const { person, busy: _, ...row } of rows) if (row.id) requests.set(person, row);
  return { busy, requests };
}
