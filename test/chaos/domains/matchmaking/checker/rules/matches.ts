import { changesOf, type Transaction } from '../../../../checker/replay.ts';
import type { MatchRule } from '../history.ts';
import {
  compatible,
  isOlder,
  type ParticipantRow,
  type RequestRow,
  type SessionRow,
} from '../rows.ts';
import { blockKey, replay, type Tables } from '../tables.ts';

/** How long a failed call prevents another match of the same people. */
const FAILED_MS = 60 * 60_000;

interface Match {
  session: SessionRow;
  sides: ParticipantRow[];
  /** Both requests as of just after the match. */
  requests: RequestRow[];
  transaction: Transaction;
  tables: Tables;
}
type Look = (match: Match) => string | null;

/** Every match at the moment of its commit. */
const eachMatch =
  (look: Look): MatchRule =>
  ({ changes }) => {
    const found: ReturnType<MatchRule> = [];
    replay(changes, (transaction, tables) => {
      for (const { op, after } of changesOf<SessionRow>(transaction, 'sessions')) {
        if (op !== 'INSERT' || !after) continue;
        const sides = changesOf<ParticipantRow>(transaction, 'session_participants').flatMap(
          (one) => (one.after?.session_id === after.id ? [one.after] : []),
        );
        const requests = changesOf<RequestRow>(transaction, 'match_requests').flatMap((one) =>
          one.after?.session_id === after.id ? [one.after] : [],
        );
        const offence = look({ session: after, sides, requests, transaction, tables });
        if (!offence) continue;
        const people = [after.practice_user_id, after.native_user_id];
        found.push({ detail: `session ${after.id} ${offence}`, people });
      }
    });
    return found;
  };

/** Two people, two requests, opposite roles, one of them polite. */
export const twoSides = eachMatch(({ session, sides, requests }) => {
  if (session.practice_user_id === session.native_user_id)
    return 'is of one person with themselves';
  if (sides.length !== 2 || requests.length !== 2)
    return `has ${sides.length} participants and ${requests.length} requests`;
  const ids = (list: { user_id: string }[]) =>
    list
      .map(({ user_id }) => user_id)
      .sort()
      .join();
  const named = [session.practice_user_id, session.native_user_id].sort().join();
  if (ids(sides) !== named || ids(requests) !== named) return 'names other people than it has';
  const [one, other] = sides;
  if (one?.role === other?.role || one?.polite === other?.polite) return 'has two equal sides';
  const practising = sides.find(({ role }) => role === 'practice');
  return practising?.user_id === session.practice_user_id ? null : 'has its roles exchanged';
});

export const compatibleBothWays = eachMatch(({ requests: [one, other] }) =>
  one && other && !compatible(one, other) ? 'is of two who cannot talk' : null,
);

/** The first language that the longer-waiting person practises and the other one speaks. */
export const languageOfTheOlder = eachMatch(({ session, requests: [one, other] }) => {
  if (!one || !other) return null;
  const [older, younger] = isOlder(one, other) ? [one, other] : [other, one];
  const language = older.practice.find((code) => younger.native.includes(code));
  if (session.practice_user_id !== older.user_id) return 'practises for the one who waited less';
  return session.language === language ? null : `is in ${session.language}, not in ${language}`;
});

/** No match with a blocked person, in either direction, or with a partner of a failed call within the hour. */
export const neverApart = eachMatch(({ session, tables, transaction }) => {
  const [a, b] = [session.practice_user_id, session.native_user_id];
  if (tables.blocks.has(blockKey(a, b)) || tables.blocks.has(blockKey(b, a)))
    return 'matches two people after one blocked the other';
  const before = [...(tables.sessionsOf.get(a) ?? [])]
    .flatMap((id) => tables.sessions.get(id) ?? [])
    .find(
      (other) =>
        other.id !== session.id &&
        other.state === 'failed' &&
        (other.practice_user_id === b || other.native_user_id === b) &&
        Date.parse(other.ended_at ?? '') > transaction.at - FAILED_MS,
    );
  return before ? `is of two whose session ${before.id} has just failed` : null;
});

/** In real time too: a person whose block was acknowledged is not matched with the blocked person again. */
export const blockedForGood: MatchRule = ({ changes, seen }) => {
  const acked = seen.flatMap((one) =>
    one.kind === 'answered' && one.command === 'block' && one.error === null && one.otherId
      ? [{ a: one.userId, b: one.otherId, at: one.at }]
      : [],
  );
  const told = new Map(acked.map((block) => [blockKey(block.a, block.b), block.at]));
  return eachMatch(({ session, transaction }) => {
    const { practice_user_id: a, native_user_id: b } = session;
    const at = Math.min(told.get(blockKey(a, b)) ?? Infinity, told.get(blockKey(b, a)) ?? Infinity);
    return transaction.at > at ? 'began after a block of the two was acknowledged' : null;
  })({ changes } as never);
};
