import type { MatchRequest, Session } from '../../../contract/matchmaking.ts';
import { count } from '../numbers.ts';

/** The counters of a run. */
export interface Tally {
  joined: number;
  /** Matched learners; each session has two. */
  matched: number;
  impatient: number;
  expired: number;
  /** From the ack of `match:join` until the client received its session, in ms. */
  waits: number[];
  /** Sessions by end reason, each counted once. */
  ends: Map<string, number>;
  ended: Set<string>;
  sessions: Set<string>;
  /** Acknowledged signals and rated calls. */
  signals: number;
  feedback: number;
  /** Pushes that came after a newer one. This is allowed, because pushes are best effort. */
  late: number;
}

export const newTally = (): Tally => ({
  joined: 0,
  matched: 0,
  impatient: 0,
  expired: 0,
  waits: [],
  ends: new Map(),
  ended: new Set(),
  sessions: new Set(),
  signals: 0,
  feedback: 0,
  late: 0,
});

export function countSession(tally: Tally, { id, state, endReason }: Session): void {
  tally.sessions.add(id);
  if ((state !== 'completed' && state !== 'failed') || tally.ended.has(id)) return;
  tally.ended.add(id);
  count(tally.ends, `${state} ${endReason ?? 'unknown'}`);
}

/** `before` is the previously known request: the same one, another one, or none. */
export function countRequest(tally: Tally, before: MatchRequest | null, now: MatchRequest): void {
  const isNews = before?.id !== now.id || before.state !== now.state;
  if (isNews && now.state === 'expired') tally.expired += 1;
}
