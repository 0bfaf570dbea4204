import { changesOf } from '../../../../checker/replay.ts';
import type { Answered } from '../../record.ts';
import type { MatchHistory, MatchRule } from '../history.ts';
import {
  type BlockRow,
  hasEnded,
  type ParticipantRow,
  type RequestRow,
  type SessionRow,
  waits,
} from '../rows.ts';
import { replay } from '../tables.ts';

/** Tolerance: PostgreSQL and this process share a clock but read it at different moments. */
const CLOCK_MS = 5;

interface Effects {
  /** By request id: its owner and when it was first committed. */
  requests: Map<string, { at: number; userId: string }>;
  /** By person: the start and end of each wait. */
  waiting: Map<string, { from: number; until: number }[]>;
  connected: Map<string, number>;
  ended: Map<string, number>;
  blocked: Map<string, number>;
}

/** Every acknowledged change was committed before its ack. */
export const ackImpliesEffect: MatchRule = (history) => {
  const effects = effectsOf(history);
  return history.seen.flatMap((one) => {
    if (one.kind !== 'answered' || one.error !== null) return [];
    const missing = missingOf(one, effects);
    return missing ? [{ detail: `${one.userId}: ${missing}`, people: [one.userId] }] : [];
  });
};

function missingOf(ack: Answered, effects: Effects): string | null {
  const { command, userId, request, session, otherId } = ack;
  const before = (at: number | undefined) => at !== undefined && at <= ack.at + CLOCK_MS;
  if (command === 'join' && request) {
    const row = effects.requests.get(request.id);
    if (!before(row?.at) || row?.userId !== userId)
      return `joined with ${request.id}, which was not there`;
  }
  if (
    command === 'connected' &&
    session &&
    !before(effects.connected.get(`${session.id}/${userId}`))
  )
    return `connected in ${session.id}, which was not written`;
  if (command === 'leave-session' && session && !before(effects.ended.get(session.id)))
    return `left ${session.id}, which had not ended`;
  if (command === 'block' && otherId && !before(effects.blocked.get(`${userId}/${otherId}`)))
    return `blocked ${otherId}, which was not written`;
  if (command === 'leave-queue' && waitedThroughout(ack, effects))
    return `left the queue at ${ack.sentAt}, and waited on`;
  return null;
}

/** A leave is correct if the person was not in the queue at some moment between the command and its ack. */
function waitedThroughout({ userId, sentAt, at }: Answered, { waiting }: Effects): boolean {
  return (waiting.get(userId) ?? []).some(
    ({ from, until }) => from < sentAt - CLOCK_MS && until > at + CLOCK_MS,
  );
}

function effectsOf({ changes }: MatchHistory): Effects {
  const effects: Effects = {
    requests: new Map(),
    waiting: new Map(),
    connected: new Map(),
    ended: new Map(),
    blocked: new Map(),
  };
  replay(changes, (transaction) => {
    const { at } = transaction;
    for (const { before, after } of changesOf<RequestRow>(transaction, 'match_requests')) {
      if (!after) continue;
      if (!effects.requests.has(after.id))
        effects.requests.set(after.id, { at, userId: after.user_id });
      noteWaiting(effects.waiting, before, after, at);
    }
    for (const { after } of changesOf<ParticipantRow>(transaction, 'session_participants')) {
      const key = `${after?.session_id}/${after?.user_id}`;
      if (after?.connected_at && !effects.connected.has(key)) effects.connected.set(key, at);
    }
    for (const { after } of changesOf<SessionRow>(transaction, 'sessions'))
      if (after && hasEnded(after)) effects.ended.set(after.id, at);
    for (const { after } of changesOf<BlockRow>(transaction, 'blocks'))
      if (after) effects.blocked.set(`${after.user_id}/${after.blocked_id}`, at);
  });
  return effects;
}

function noteWaiting(
  waiting: Effects['waiting'],
  before: RequestRow | undefined,
  after: RequestRow,
  at: number,
): void {
  const spans = waiting.get(after.user_id) ?? [];
  waiting.set(after.user_id, spans);
  const waited = before !== undefined && waits(before);
  if (waits(after) && !waited) spans.push({ from: at, until: Number.POSITIVE_INFINITY });
  const last = spans.at(-1);
  if (!waits(after) && waited && last) last.until = at;
}
