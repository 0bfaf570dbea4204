import { changesOf } from '../../../../checker/replay.ts';
import type { MatchRule } from '../history.ts';
import { type EventRow, hasEnded, type RequestRow, type SessionRow } from '../rows.ts';
import { participantKey, replay } from '../tables.ts';

/** Transitions by event. The first signal and the first connected side both lead to `connecting`. */
const LEGAL: Record<string, readonly string[]> = {
  '': ['matched'],
  matched: ['accepted', 'connecting', 'failed'],
  accepted: ['connecting', 'failed'],
  connecting: ['connecting', 'active', 'failed'],
  active: ['time_warning', 'completed'],
  time_warning: ['completed'],
  completed: [],
  failed: [],
};

/** The state after an event, if it has another name. */
const STATE_AFTER: Record<string, string> = { accepted: 'matched', time_warning: 'active' };
const stateAfter = (type: string | undefined) => STATE_AFTER[type ?? ''] ?? type;

const peopleOf = (session: SessionRow | undefined) =>
  session ? [session.practice_user_id, session.native_user_id] : [];

/** The events of a session are gapless, and each is a legal step from the one before. */
export const legalSessions: MatchRule = ({ changes }) => {
  const found: ReturnType<MatchRule> = [];
  const latest = new Map<string, EventRow>();
  replay(changes, (transaction, { sessions }) => {
    const events = changesOf<EventRow>(transaction, 'session_events')
      .flatMap(({ op, after }) => (op === 'INSERT' && after ? [after] : []))
      .sort((a, b) => a.seq - b.seq);
    for (const event of events) {
      const before = latest.get(event.session_id);
      latest.set(event.session_id, event);
      const gap = event.seq !== (before?.seq ?? 0) + 1;
      const legal = LEGAL[before?.type ?? '']?.includes(event.type);
      const offence = gap
        ? `event ${event.seq} follows ${before?.seq ?? 'none'}`
        : `${before?.type ?? 'nothing'} → ${event.type} is not legal`;
      if (gap || !legal)
        found.push({
          detail: `session ${event.session_id}: ${offence}`,
          people: peopleOf(sessions.get(event.session_id)),
        });
    }
    for (const { after } of changesOf<SessionRow>(transaction, 'sessions')) {
      const event = after && latest.get(after.id);
      if (!after || (event?.seq === after.version && stateAfter(event.type) === after.state))
        continue;
      const detail = `session ${after.id}: ${after.state} in version ${after.version}, and its last event says ${event?.type} ${event?.seq}`;
      found.push({ detail, people: peopleOf(after) });
    }
  });
  return found;
};

/** The end of a session frees both people, and a failure also decides both requests. */
export const endsForBoth: MatchRule = ({ changes }) => {
  const found: ReturnType<MatchRule> = [];
  replay(changes, (transaction, tables) => {
    for (const { after } of changesOf<SessionRow>(transaction, 'sessions')) {
      if (!after || !hasEnded(after)) continue;
      for (const userId of peopleOf(after)) {
        const side = tables.session_participants.get(participantKey(after.id, userId));
        if (side?.live)
          found.push({
            detail: `session ${after.id} ended, and ${userId} is still in it`,
            people: [userId],
          });
      }
      if (after.state !== 'failed') continue;
      const told = changesOf<RequestRow>(transaction, 'match_requests').filter(
        (one) => (one.before ?? one.after)?.session_id === after.id,
      ).length;
      if (told !== 2)
        found.push({
          detail: `session ${after.id} failed, and ${told} of its requests were decided with it`,
          people: peopleOf(after),
        });
    }
  });
  return found;
};

/** No session times out before its announced deadline. */
export const connectTimeGiven: MatchRule = ({ changes }) => {
  const found: ReturnType<MatchRule> = [];
  replay(changes, (transaction) => {
    for (const { after } of changesOf<SessionRow>(transaction, 'sessions')) {
      if (after?.end_reason !== 'connect_timeout') continue;
      if (transaction.at >= Date.parse(after.connect_by ?? '')) continue;
      found.push({ detail: `session ${after.id} timed out too early`, people: peopleOf(after) });
    }
  });
  return found;
};
