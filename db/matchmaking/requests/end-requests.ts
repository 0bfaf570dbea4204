import { type LockedPeople, lockPeopleIn } from '../../accounts/lock-users.ts';
import { type Db, rowsOf } from '../../knex.ts';
import type { BatchCommand, Locking } from '../../write/command.ts';
import type { HotTrx } from '../../write/hot-transaction.ts';
import { defineStatement } from '../../write/statement.ts';
import type { Effects } from '../effects.ts';
import { type PresentState, readPresentState } from './present-state.ts';
import { REQUEST_COLUMNS, type RequestRow } from './request-row.ts';

export interface Cancel {
  userId: string;
  reason: string;
}
/** `heldFor` is the session for whose accept step the request is held; null for none. */
export interface Cancelled {
  heldFor: string | null;
}
interface CancelFacts {
  users: LockedPeople;
  present: PresentState;
}

const cancelStatement = defineStatement<RequestRow>(
  `update match_requests r
      set state = 'cancelled', reason = $2, version = version + 1, changed_at = now()
    where r.user_id = any($1::uuid[]) and r.state = 'waiting'
  returning ${REQUEST_COLUMNS}`,
);
const expireStatement = defineStatement<RequestRow>(
  `update match_requests r
      set state = 'expired', reason = 'no_partner', version = version + 1, changed_at = now()
    where r.user_id = any($1::uuid[]) and r.state = 'waiting' and r.expires_at <= now()
  returning ${REQUEST_COLUMNS}`,
);
const cancelEach = defineStatement(
  `update match_requests r
      set state = 'cancelled', reason = x.reason, version = r.version + 1, changed_at = now()
     from unnest($1::uuid[], $2::text[]) as x (id, reason)
    where r.id = any($1::uuid[]) and r.id = x.id and r.state = 'waiting'`,
);

/**
 * Cancel people's waiting requests; nothing to cancel is a success. A request that is held for the
 * accept step of a session ends through that session, whose id is returned.
 */
export const cancelCommand: BatchCommand<Cancel, CancelFacts, Cancelled, Effects> = {
  name: 'match-leave',
  subjectsOf: ({ userId }) => [userId],
  async read(trx, inputs, locking) {
    const userIds = inputs.map(({ userId }) => userId);
    const [users, present] = await Promise.all([
      lockPeopleIn(trx, userIds, locking),
      readPresentState(trx, userIds),
    ]);
    return { users, present };
  },
  decide({ users, present }, inputs) {
    const cancelled = new Map<string, RequestRow>();
    const causedBy = new Map<string, number>();
    const outcomes = inputs.map(({ userId, reason }, at) => {
      if (users.elsewhere.has(userId)) return 'locked' as const;
      const row = present.requests.get(userId);
      if (row?.state === 'held') return { ok: { heldFor: row.session_id } };
      if (row && !cancelled.has(userId)) {
        cancelled.set(userId, { ...row, state: 'cancelled', reason, version: row.version + 1 });
        causedBy.set(userId, at);
      }
      return { ok: { heldFor: null } };
    });
    const requests = [...cancelled.values()];
    const values = [requests.map(({ id }) => id), requests.map(({ reason }) => reason)];
    return {
      outcomes,
      writes: requests.length > 0 ? [{ statement: cancelEach, values }] : [],
      effects: () => ({ requests, sessions: [], found: [], causedBy }),
    };
  },
};

/** Cancel the waiting requests of these people; those without one, and those locked elsewhere, are left out of the answer. */
export const cancelRequests = async (
  trx: HotTrx,
  userIds: readonly string[],
  reason: string,
  locking: Locking = 'wait',
): Promise<RequestRow[]> => {
  const { people } = await lockPeopleIn(trx, userIds, locking);
  const [rows] = await trx.commitWith([
    { statement: cancelStatement, values: [[...people.keys()], reason] },
  ]);
  return (rows ?? []) as RequestRow[];
};

/** The sessions for whose accept step requests of these people are held. */
export async function heldSessions(
  db: Db,
  userIds: readonly string[],
): Promise<{ sessionId: string; userId: string }[]> {
  const rows = await rowsOf<{ session_id: string; user_id: string }>(
    db.raw(
      `select session_id, user_id from match_requests
        where state = 'held' and user_id = any(?::uuid[])`,
      [[...userIds]],
    ),
  );
  return rows.map((row) => ({ sessionId: row.session_id, userId: row.user_id }));
}

/** Waiting requests past their time, oldest expiry first. */
export async function overdueRequests(db: Db, limit: number) {
  const rows = await db('match_requests')
    .whereRaw("state = 'waiting' and expires_at <= now()")
    .orderBy('expires_at')
    .limit(limit)
    .select('user_id');
  return rows.map((row: { user_id: string }) => row.user_id);
}

/** Expire what is still overdue once the people are locked: a request may have been put back meanwhile. */
export const expireRequests = async (
  trx: HotTrx,
  userIds: readonly string[],
  locking: Locking = 'wait',
): Promise<RequestRow[]> => {
  const { people } = await lockPeopleIn(trx, userIds, locking);
  const [rows] = await trx.commitWith([
    { statement: expireStatement, values: [[...people.keys()]] },
  ]);
  return (rows ?? []) as RequestRow[];
};
