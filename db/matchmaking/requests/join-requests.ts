import { FoyerError } from '../../../contract/errors.ts';
import type { JoinBody } from '../../../contract/matchmaking.ts';
import { newId } from '../../../ids.ts';
import { type LockedPeople, lockPeopleIn } from '../../accounts/lock-users.ts';
import type { BatchCommand, Locking } from '../../write/command.ts';
import type { HotTrx } from '../../write/hot-transaction.ts';
import { runIn } from '../../write/run-in.ts';
import { defineStatement, type Write } from '../../write/statement.ts';
import { type Effects, noEffects } from '../effects.ts';
import { type PresentState, readPresentState } from './present-state.ts';
import type { RequestRow } from './request-row.ts';

export interface Join {
  userId: string;
  body: JoinBody;
}
export interface Joined {
  request: RequestRow;
  /** False: the same request was waiting already. */
  created: boolean;
}
/** Errors: match.already_waiting · session.already_active · auth.invalid (the account is gone). */
export type JoinOutcome = Joined | { error: unknown };

interface JoinFacts {
  users: LockedPeople;
  present: PresentState;
  /** PostgreSQL's clock under the locks, in microseconds. */
  nowUs: bigint;
}

/** `now()` would be the time before the wait for a lock. */
const readClock = defineStatement<{ us: string }>(
  'select (extract(epoch from clock_timestamp()) * 1000000)::bigint::text as us',
);

/** The times come from the clock that was read: nothing that is written is read back. */
const insertRequests = defineStatement(
  `insert into match_requests
     (id, pool, user_id, native, practice, level, topics, state, joined_at, expires_at)
   select x.id, x.pool, x.user_id, x.native, x.practice, x.level, x.topics, 'waiting',
          timestamptz 'epoch' + x.joined_us * interval '1 microsecond', x.expires_at
     from jsonb_to_recordset($1::jsonb) as x
          (id uuid, pool text, user_id uuid, native text[], practice text[], level smallint,
           topics text[], joined_us bigint, expires_at timestamptz)`,
);

/**
 * Insert the requests of one batch; every item is decided by itself. The users' rows are locked before
 * anything is read: a join that races with the creation of a match would otherwise see the old request
 * and insert a second live one.
 */
export const joinCommand = (
  ttlSeconds: number,
): BatchCommand<Join, JoinFacts, Joined, Effects> => ({
  name: 'match-join',
  subjectsOf: ({ userId }) => [userId],
  async read(trx, joins, locking) {
    const userIds = joins.map(({ userId }) => userId);
    const [users, present, [clock]] = await Promise.all([
      lockPeopleIn(trx, userIds, locking), // goes out first; the others run when the locks are held
      readPresentState(trx, userIds),
      trx.read(readClock, []),
    ]);
    return { users, present, nowUs: BigInt(clock?.us ?? 0) };
  },
  decide({ users, present, nowUs }, joins) {
    const planned = new Map<string, { join: Join; row: RequestRow; at: number }>();
    for (const [at, join] of joins.entries()) {
      const { userId } = join;
      const isFree = users.people.has(userId) && !present.busy.has(userId);
      if (!isFree || present.requests.has(userId) || planned.has(userId)) continue;
      // People of one batch wait in the order of their arrival.
      const joinedUs = nowUs + BigInt(planned.size);
      planned.set(userId, { join, at, row: newRequest(join, joinedUs, ttlSeconds) });
    }
    const outcomes = joins.map((join) => {
      const { userId, body } = join;
      if (users.elsewhere.has(userId)) return 'locked' as const;
      if (!users.people.has(userId)) return { error: new FoyerError('auth.invalid') };
      if (present.busy.has(userId)) return { error: new FoyerError('session.already_active') };
      const own = planned.get(userId);
      if (own?.join === join) return { ok: { request: own.row, created: true } };
      const waiting = own?.row ?? present.requests.get(userId);
      if (waiting && isSame(waiting, body)) return { ok: { request: waiting, created: false } };
      return { error: new FoyerError('match.already_waiting') };
    });
    const requests = [...planned.values()].map(({ row }) => row);
    const causedBy = new Map([...planned].map(([userId, { at }]) => [userId, at]));
    return {
      outcomes,
      writes: requests.length > 0 ? [insertOf(requests)] : [],
      effects: { ...noEffects(), requests, causedBy },
    };
  },
});

/** Join in a hot transaction of its own. */
export async function joinRequests(
  trx: HotTrx,
  joins: readonly Join[],
  ttlSeconds: number,
  locking: Locking = 'wait',
): Promise<JoinOutcome[]> {
  const { outcomes } = await runIn(trx, joinCommand(ttlSeconds), joins, locking);
  return outcomes.map((one) => {
    if (one === 'locked') return { error: new FoyerError('service.unavailable') };
    return 'ok' in one ? one.ok : one;
  });
}

function newRequest({ userId, body }: Join, joinedUs: bigint, ttlSeconds: number): RequestRow {
  const joinedMs = Number(joinedUs / 1000n);
  return {
    id: newId(),
    pool: body.pool,
    user_id: userId,
    native: body.native,
    practice: body.practice,
    level: body.level ?? null,
    topics: body.topics ?? [],
    state: 'waiting',
    reason: null,
    joined_at: new Date(joinedMs),
    joined_us: String(joinedUs),
    expires_at: new Date(joinedMs + ttlSeconds * 1000),
    requeues: 0,
    session_id: null,
    version: 1,
  };
}

const insertOf = (requests: readonly RequestRow[]): Write => ({
  statement: insertRequests,
  values: [JSON.stringify(requests)],
});

const isSame = (row: RequestRow, body: JoinBody) =>
  row.pool === body.pool &&
  row.level === (body.level ?? null) &&
  sameList(row.native, body.native) &&
  sameList(row.practice, body.practice) &&
  sameList(row.topics, body.topics ?? []);
const sameList = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((item, at) => item === b[at]);
