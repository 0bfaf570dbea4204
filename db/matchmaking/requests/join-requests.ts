import type { JoinBody } from '../../../contract/matchmaking.ts';
import { FoyerError } from '../../../errors.ts';
import { newId } from '../../../ids.ts';
import { lockUsers } from '../../accounts/lock-users.ts';
import { prepared, rowsOf, type Trx } from '../../knex.ts';
import { REQUEST_COLUMNS, type RequestRow } from './request-row.ts';

export interface Join {
  userId: string;
  body: JoinBody;
}
export type JoinOutcome =
  | { request: RequestRow; created: boolean }
  /** match.already_waiting · session.already_active · auth.invalid (the account is gone) */
  | { error: FoyerError };

/**
 * Insert the requests of one batch; every item is decided apart. The users' rows are locked first,
 * and only then is anything read: a join that races with a match being created would otherwise see
 * the request as it was before, and slip in a second live one.
 */
export async function joinRequests(
  trx: Trx,
  joins: readonly Join[],
  ttlSeconds: number,
): Promise<JoinOutcome[]> {
  const userIds = [...new Set(joins.map(({ userId }) => userId))];
  const [locked, { busy, waiting }] = await Promise.all([
    lockUsers(trx, userIds), // goes out first; the look at both runs when the locks are held
    presentState(trx, userIds),
  ]);
  const known = new Set(locked);
  const planned = new Map<string, { id: string; join: Join }>();
  for (const join of joins) {
    const { userId } = join;
    if (!known.has(userId) || busy.has(userId) || waiting.has(userId) || planned.has(userId))
      continue;
    planned.set(userId, { id: newId(), join });
  }
  const inserted = await insert(trx, [...planned.values()], ttlSeconds);
  return joins.map((join): JoinOutcome => {
    const { userId, body } = join;
    if (!known.has(userId)) return { error: new FoyerError('auth.invalid') };
    if (busy.has(userId)) return { error: new FoyerError('session.already_active') };
    const fresh = inserted.get(userId);
    if (fresh && planned.get(userId)?.join === join) return { request: fresh, created: true };
    const present = fresh ?? waiting.get(userId);
    if (present && isSame(present, body)) return { request: present, created: false };
    return { error: new FoyerError('match.already_waiting') };
  });
}

/** Who is in a live session, and who waits already: one look at both. */
async function presentState(trx: Trx, userIds: string[]) {
  const rows = await rowsOf<RequestRow & { person: string; busy: boolean; id: string | null }>(
    prepared(
      trx,
      `select u.id as person, p.user_id is not null as busy, ${REQUEST_COLUMNS}
         from unnest(?::uuid[]) as u (id)
         left join session_participants p on p.user_id = u.id and p.live
         left join match_requests r on r.user_id = u.id and r.state in ('waiting', 'held')
        where p.user_id is not null or r.id is not null`,
      [userIds],
    ),
  );
  const busy = new Set(rows.filter((row) => row.busy).map((row) => row.person));
  const waiting = new Map<string, RequestRow>();
  for (const { person, busy: _, ...row } of rows) if (row.id) waiting.set(person, row);
  return { busy, waiting };
}

/** `clock_timestamp()` is read for each row: people of one batch stand in the order of their arrival. */
async function insert(
  trx: Trx,
  planned: { id: string; join: Join }[],
  ttlSeconds: number,
): Promise<Map<string, RequestRow>> {
  if (planned.length === 0) return new Map();
  const rows = planned.map(({ id, join: { userId, body } }) => ({
    id,
    user_id: userId,
    pool: body.pool,
    native: body.native,
    practice: body.practice,
    level: body.level ?? null,
    topics: body.topics ?? [],
  }));
  const inserted = await rowsOf<RequestRow>(
    prepared(
      trx,
      `insert into match_requests as r
         (id, pool, user_id, native, practice, level, topics, state, joined_at, expires_at)
       select x.id, x.pool, x.user_id, x.native, x.practice, x.level, x.topics, 'waiting',
              clock_timestamp(), clock_timestamp() + make_interval(secs => ?)
         from jsonb_to_recordset(?::jsonb) as x
              (id uuid, user_id uuid, pool text, native text[], practice text[], level smallint,
               topics text[])
       returning ${REQUEST_COLUMNS}`,
      [ttlSeconds, JSON.stringify(rows)],
    ),
  );
  return new Map(inserted.map((row) => [row.user_id, row]));
}

const isSame = (row: RequestRow, body: JoinBody) =>
  row.pool === body.pool &&
  row.level === (body.level ?? null) &&
  sameList(row.native, body.native) &&
  sameList(row.practice, body.practice) &&
  sameList(row.topics, body.topics ?? []);
const sameList = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((item, at) => item === b[at]);
