import { changesOf } from '../../../../checker/replay.ts';
import type { Seen } from '../../record.ts';
import type { MatchRule } from '../history.ts';
import type { EventRow, RequestRow, SessionRow } from '../rows.ts';
import { replay } from '../tables.ts';

const CLOCK_MS = 5;

type Facts = Pick<Exclude<Seen, { kind: 'status' }>, 'request' | 'session'>;
const factsOf = (one: Seen): Facts => (one.kind === 'status' ? {} : one);

/** Every state that a client received was committed, in that version. */
export const nothingInvented: MatchRule = ({ changes, seen }) => {
  const committed = new Map<string, { at: number; says: string }>();
  const sides = new Map<string, string>();
  replay(changes, (transaction) => {
    const { at } = transaction;
    for (const { after } of changesOf<RequestRow>(transaction, 'match_requests'))
      if (after) committed.set(`${after.id}@${after.version}`, { at, says: requestSays(after) });
    // Several transitions may be one change of the row; each has an event.
    for (const { after } of changesOf<EventRow>(transaction, 'session_events'))
      if (after) committed.set(`${after.session_id}@${after.seq}`, { at, says: after.type });
    for (const { after } of changesOf<SessionRow>(transaction, 'sessions'))
      if (after)
        sides.set(after.id, [after.language, after.practice_user_id, after.native_user_id].join());
  });
  return seen.flatMap((one) => {
    const { request, session } = factsOf(one);
    const shown = [
      request && {
        key: `${request.id}@${request.version}`,
        says: `${request.state} ${request.sessionId}`,
      },
      session && { key: `${session.id}@${session.version}`, says: session.state },
    ];
    const found = shown.flatMap((claim) => {
      const truth = claim && committed.get(claim.key);
      if (!claim || (truth && truth.at <= one.at + CLOCK_MS && truth.says === claim.says))
        return [];
      return [`was shown ${claim.key} as ${claim.says}, which is ${truth?.says ?? 'not there'}`];
    });
    const told = session && [session.language, session.practiceUserId, session.nativeUserId].join();
    if (session && sides.has(session.id) && sides.get(session.id) !== told)
      found.push(`was shown other sides of ${session.id} than it has`);
    return found.map((offence) => ({ detail: `${one.userId} ${offence}`, people: [one.userId] }));
  });
};

const requestSays = (row: RequestRow) => `${row.state} ${row.session_id}`;

/** The state of a client only moves to newer versions. */
export const versionsGoForward: MatchRule = ({ seen }) => {
  const held = new Map<string, { id: string; version: number; joinedAt: string }>();
  return seen.flatMap((one) => {
    if (one.kind !== 'saw' || !one.converged) return [];
    return (['request', 'session'] as const).flatMap((entity) => {
      const now = one[entity];
      if (!now) return [];
      const key = `${one.device}/${entity}`;
      const before = held.get(key);
      const joinedAt = 'joinedAt' in now ? now.joinedAt : '';
      held.set(key, { id: now.id, version: now.version, joinedAt });
      const back =
        before &&
        (before.id === now.id ? now.version < before.version : joinedAt < before.joinedAt);
      if (!back) return [];
      const detail = `${one.userId} held ${before.id}@${before.version}, and then ${now.id}@${now.version}`;
      return [{ detail, people: [one.userId] }];
    });
  });
};
