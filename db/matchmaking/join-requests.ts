import type { JoinBody } from '../../contract/matchmaking.ts';
import { FoyerError } from '../../errors.ts';
import { newId } from '../../ids.ts';
import { lockUsers } from '../accounts/lock-users.ts';
import { rowsOf, type Trx } from '../knex.ts';
import { REQUEST_COLUMNS, type RequestRow, selectRequests } from './request-row.ts';

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
  const known = new Set(await lockUsers(trx, userIds));
  const busy = new Set(await inLiveSession(trx, userIds));
  const waiting = await waitingOf(trx, userIds);
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

async function inLiveSession(trx: Trx, userIds: string[]): Promise<string[]> {
  const rows = await trx('session_participants')
    .whereRaw('live and user_id = any(?::uuid[])', [userIds])
    .select('user_id');
  return rows.map((row: { user_id: string }) => row.user_id);
}

async function waitingOf(trx: Trx, userIds: string[]): Promise<Map<string, RequestRow>> {
  const rows = await selectRequests(trx).whereRaw(
    "r.state in ('waiting', 'held') and r.user_id = any(?::uuid[])",
    [userIds],
  );
  return new Map(rows.map((row) => [row.user_id, row]));
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
    trx.raw(
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
