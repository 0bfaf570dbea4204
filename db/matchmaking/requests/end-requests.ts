import { type LockedPeople, lockPeopleIn } from '../../accounts/lock-users.ts';
import { type Db, rowsOf } from '../../knex.ts';
import type { BatchCommand, EventsOf, Locking } from '../../write/command.ts';
import type { HotTrx } from '../../write/hot-transaction.ts';
import { defineStatement, type Write } from '../../write/statement.ts';
import { type Effects, noEffects } from '../effects.ts';
import { type PresentState, readPresentState } from './present-state.ts';
import type { RequestRow } from './request-row.ts';

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

const endEach = defineStatement(
  `update match_requests r
      set state = x.state, reason = x.reason, version = r.version + 1, changed_at = now()
     from unnest($1::uuid[], $2::text[], $3::text[]) as x (id, state, reason)
    where r.id = any($1::uuid[]) and r.id = x.id and r.state = 'waiting'`,
);
const readClock = defineStatement<{ now: Date }>('select clock_timestamp() as now');

/** Waiting requests as they will be after their end. */
export const asEnded = (
  rows: readonly RequestRow[],
  state: 'cancelled' | 'expired',
  reason: string,
): RequestRow[] => rows.map((row) => ({ ...row, state, reason, version: row.version + 1 }));

/** The write of ended requests: none for none. */
export const endWrites = (rows: readonly RequestRow[]): Write[] =>
  rows.length === 0
    ? []
    : [
        {
          statement: endEach,
          values: [
            rows.map(({ id }) => id),
            rows.map(({ state }) => state),
            rows.map(({ reason }) => reason),
          ],
        },
      ];

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
        for (const ended of asEnded([row], 'cancelled', reason)) cancelled.set(userId, ended);
        causedBy.set(userId, at);
      }
      return { ok: { heldFor: null } };
    });
    const requests = [...cancelled.values()];
    return {
      outcomes,
      writes: endWrites(requests),
      effects: { ...noEffects(), requests, causedBy },
    };
  },
};

interface Ending {
  locking?: Locking;
  eventsOf?: EventsOf<Effects> | undefined;
}

/** Cancel the waiting requests of these people; those without one, and those locked elsewhere, are left out of the answer. */
export const cancelRequests = (
  trx: HotTrx,
  userIds: readonly string[],
  reason: string,
  ending: Ending = {},
): Promise<RequestRow[]> =>
  endWaiting(trx, userIds, ending, (rows) => asEnded(rows, 'cancelled', reason));

async function endWaiting(
  trx: HotTrx,
  userIds: readonly string[],
  { locking = 'wait', eventsOf }: Ending,
  end: (waiting: RequestRow[], now: Date) => RequestRow[],
): Promise<RequestRow[]> {
  const [{ people }, present, [clock]] = await Promise.all([
    lockPeopleIn(trx, userIds, locking), // goes out first; the others run when the locks are held
    readPresentState(trx, userIds),
    trx.read(readClock, []),
    eventsOf && trx.readWanted(),
  ]);
  const waiting = [...present.requests.values()].filter(
    (row) => row.state === 'waiting' && people.has(row.user_id),
  );
  const requests = end(waiting, clock?.now ?? new Date(0));
  await trx.commitWith(endWrites(requests), eventsOf?.({ ...noEffects(), requests }));
  return requests;
}

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
export const expireRequests = (
  trx: HotTrx,
  userIds: readonly string[],
  ending: Ending = {},
): Promise<RequestRow[]> =>
  endWaiting(trx, userIds, ending, (rows, now) =>
    asEnded(
      rows.filter(({ expires_at }) => expires_at <= now),
      'expired',
      'no_partner',
    ),
  );
