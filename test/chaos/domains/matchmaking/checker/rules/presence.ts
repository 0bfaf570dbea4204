import type { FaultWindow } from '../../../../checker/history.ts';
import { changesOf, type Transaction } from '../../../../checker/replay.ts';
import type { MatchHistory, MatchRule } from '../history.ts';
import type { RequestRow, SessionRow } from '../rows.ts';
import { replay } from '../tables.ts';

/** A server reports connections to Redis at once. A failed report, its backoff and its retry take this long. */
const TOLD_MS = 6_000;
/** Both ends of a grace are observed slightly late. */
const EDGE_MS = 1_000;
/** A very short connection may not be reported before the server is gone. */
const STAY_MS = 2_000;

interface Stay {
  from: number;
  until: number;
}

/** Nobody is treated as absent whose client was connected or polled within the grace. */
export const absentOnlyIfAbsent: MatchRule = (history) => {
  const { limits } = history;
  const stays = staysOf(history);
  const polls = pollsOf(history);
  const found: ReturnType<MatchRule> = [];
  const present = (userId: string, at: number, lengthMs: number) => {
    const [from, until] = [at - lengthMs + EDGE_MS, at - EDGE_MS];
    const stayed = (stays.get(userId) ?? []).some(
      (stay) => Math.min(stay.until, until) - Math.max(stay.from, from) >= STAY_MS,
    );
    return stayed || (polls.get(userId) ?? []).some((poll) => poll >= from && poll <= until);
  };
  replay(history.changes, (transaction) => {
    for (const { userId, id } of disconnected(transaction))
      if (present(userId, transaction.at, limits.graceMs))
        found.push({ detail: `request ${id}: ${userId} was there all the same`, people: [userId] });
    for (const { id, people } of lost(transaction))
      if (people.every((userId) => present(userId, transaction.at, limits.partnerLostMs)))
        found.push({ detail: `session ${id}: both were there all the same`, people });
  });
  return found;
};

/** While Redis is unavailable, or after it lost its memory, nobody can be known to be absent or late. */
export const outagesCostNobody: MatchRule = ({ changes, faults, limits }) => {
  const outages = faults.filter(({ kind }) => kind === 'redis-outage' || kind === 'flushall');
  const found: ReturnType<MatchRule> = [];
  const during = (at: number, lengthMs: number) =>
    outages.some(({ from, until }) => at > from + EDGE_MS && at < until + lengthMs - EDGE_MS);
  replay(changes, (transaction) => {
    const { at } = transaction;
    const say = (detail: string, people: string[]) => found.push({ detail, people });
    if (during(at, limits.graceMs))
      for (const { userId, id } of disconnected(transaction))
        say(`request ${id} was cancelled for an outage`, [userId]);
    if (during(at, limits.partnerLostMs))
      for (const { id, people } of lost(transaction))
        say(`session ${id} ended for an outage`, people);
    if (during(at, limits.expireMs))
      for (const { after } of changesOf<RequestRow>(transaction, 'match_requests'))
        if (after?.state === 'expired')
          say(`request ${after.id} expired for an outage`, [after.user_id]);
    if (during(at, limits.connectMs))
      for (const { id, people } of endedFor(transaction, 'connect_timeout'))
        say(`session ${id} timed out for an outage`, people);
  });
  return found;
};

const disconnected = (transaction: Transaction) =>
  changesOf<RequestRow>(transaction, 'match_requests').flatMap(({ before, after }) =>
    after?.state === 'cancelled' && after.reason === 'disconnected' && before?.state !== 'cancelled'
      ? [{ id: after.id, userId: after.user_id }]
      : [],
  );
const lost = (transaction: Transaction) => endedFor(transaction, 'partner_lost');
const endedFor = (transaction: Transaction, reason: string) =>
  changesOf<SessionRow>(transaction, 'sessions').flatMap(({ after }) =>
    after?.end_reason === reason
      ? [{ id: after.id, people: [after.practice_user_id, after.native_user_id] }]
      : [],
  );

/** When each person was connected to a server that could report it to Redis. */
function staysOf({ seen, faults }: MatchHistory): Map<string, Stay[]> {
  const stays = new Map<string, Stay[]>();
  const open = new Map<number, { from: number; server: number; userId: string }>();
  const close = (device: number, until: number) => {
    const begun = open.get(device);
    open.delete(device);
    if (!begun) return;
    const { userId, server, from } = begun;
    const list = stays.get(userId) ?? [];
    stays.set(userId, list);
    list.push(
      ...without(
        { from, until },
        faults.filter((fault) => hits(fault, server)),
      ),
    );
  };
  for (const one of seen) {
    if (one.kind !== 'status') continue;
    if (one.connected)
      open.set(one.device, { from: one.at, server: one.server, userId: one.userId });
    else close(one.device, one.at);
  }
  for (const device of [...open.keys()]) close(device, Number.MAX_SAFE_INTEGER);
  return stays;
}

/** Whether a fault keeps this server from reporting its people to Redis. */
function hits({ target, kind }: FaultWindow, server: number): boolean {
  const name = `server-${server + 1}`;
  return (
    target === 'redis' || kind === 'flushall' || target === name || target.startsWith(`${name}/`)
  );
}

function without(stay: Stay, faults: readonly FaultWindow[]): Stay[] {
  return faults.reduce<Stay[]>(
    (left, { from, until }) =>
      left
        .flatMap((part) => [
          { from: part.from, until: Math.min(part.until, from) },
          { from: Math.max(part.from, until + TOLD_MS), until: part.until },
        ])
        .filter((part) => part.until > part.from),
    [stay],
  );
}

/** Calls that were answered; any fault near them may have kept their trace from Redis. */
function pollsOf({ seen, faults }: MatchHistory): Map<string, number[]> {
  const polls = new Map<string, number[]>();
  for (const one of seen) {
    if (one.kind !== 'answered' || one.command !== 'poll' || one.error !== null) continue;
    const near = faults.some(
      ({ from, until }) => one.at > from - EDGE_MS && one.at < until + TOLD_MS,
    );
    if (near) continue;
    const list = polls.get(one.userId) ?? [];
    polls.set(one.userId, list);
    list.push(one.at);
  }
  return polls;
}
