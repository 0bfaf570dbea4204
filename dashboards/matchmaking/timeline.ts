import type { SessionHistory } from '../../db/matchmaking/sessions/session-history.ts';

/** One line of what happened. */
export interface TimelineEntry {
  at: Date;
  what: string;
  /** The name of the person who did it; null for the system. */
  who: string | null;
  details: string;
}

const SENTENCES: Record<SessionHistory['events'][number]['type'], string> = {
  matched: 'Matched',
  accepted: 'Accepted the match',
  connecting: 'Connecting',
  active: 'Both are connected',
  time_warning: 'Warned that the time is nearly over',
  completed: 'Ended',
  failed: 'Failed',
};

/**
 * Everything about a session in the order in which it happened. Events keep the order of their seqs: the
 * time of one that waited for a lock can be before the time of the one before it.
 */
export function timelineOf(history: SessionHistory): TimelineEntry[] {
  const { session, joins, events, feedback, reports } = history;
  const nameOf = (userId: string | null) =>
    userId === null
      ? null
      : (session.sides.find((side) => side.userId === userId)?.displayName ?? userId);
  const entries: TimelineEntry[] = [
    ...joins.map(({ userId, joinedAt, requeues }) => ({
      at: joinedAt,
      what: 'Joined the queue',
      who: nameOf(userId),
      details: requeues === 0 ? '' : `put back ${requeues} times in all`,
    })),
    ...inOrder(events).map(({ seq, at, type, userId, data }) => ({
      at,
      what: type === 'connecting' ? connectingOf(history, seq) : SENTENCES[type],
      who: nameOf(userId),
      details: [data.endReason, data.reason].filter((each) => each !== undefined).join(': '),
    })),
    ...feedback.map(({ at, userId, rating, note }) => ({
      at,
      what: `Rated the call ${rating} of 5`,
      who: nameOf(userId),
      details: note ?? '',
    })),
    ...reports.map(({ at, reporterId, userId, reason, note, state }) => ({
      at,
      what: `Reported ${nameOf(userId)} (${state})`,
      who: nameOf(reporterId),
      details: [reason, note].filter((each) => each !== null).join(': '),
    })),
  ];
  return entries.sort((a, b) => a.at.getTime() - b.at.getTime());
}

type Events = SessionHistory['events'];

function inOrder(events: Events): Events {
  let latest = new Date(0);
  return events.map((event) => {
    if (event.at > latest) latest = event.at;
    return { ...event, at: latest };
  });
}

/** One type stands for the second accept, for the first signal, and for the first side that is connected. */
function connectingOf({ session, events }: SessionHistory, seq: number): string {
  const all = events.filter(({ type }) => type === 'connecting');
  const [first, last] = [all[0], all.at(-1)];
  if (session.acceptBy !== null && first?.seq === seq) return 'Accepted the match: both have';
  const side = session.sides.find(({ userId }) => userId === last?.userId);
  return last?.seq === seq && side?.connectedAt ? 'Connected' : 'Began to connect';
}

/** `0.00 s`, `+0.04 s`, `+14.2 s`, `+3 min 05 s`, `+1 h 02 min`: the time since the first entry. */
export function sinceFirst(first: Date, at: Date): string {
  const seconds = (at.getTime() - first.getTime()) / 1000;
  if (seconds === 0) return '0.00 s';
  if (seconds < 60) return `+${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  if (seconds < 3600) return `+${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  return `+${Math.floor(seconds / 3600)} h ${two((seconds % 3600) / 60)} min`;
}
