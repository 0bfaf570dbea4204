import {
  emptyHistory,
  type History,
  type Person,
  type RequestFacts,
  type SessionFacts,
} from '../../../cli/demo/matchmaking/history.ts';
import { findViolations, type RuleName } from '../../../cli/demo/matchmaking/invariants.ts';

/** Times are seconds of the scenario, on the clocks of both server and client. */
export const iso = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
export const ms = (second: number) => second * 1000;

export const person = (userId: string, native: string[], practice: string[]): Person => ({
  userId,
  native,
  practice,
});
export const ana = person('ana', ['es'], ['en']);
export const ben = person('ben', ['en'], ['es']);
export const cai = person('cai', ['zh'], ['en']);

export const requestFacts = (id: string, more: Partial<RequestFacts> = {}): RequestFacts => ({
  id,
  state: 'waiting',
  version: 1,
  requeues: 0,
  sessionId: null,
  joinedAt: iso(0),
  ...more,
});

export const sessionFacts = (
  id: string,
  practising: Person,
  native: Person,
  createdAt: number,
  more: Partial<SessionFacts> = {},
): SessionFacts => ({
  id,
  state: 'matched',
  version: 1,
  language: practising.practice.find((code) => native.native.includes(code)) ?? '',
  practiceUserId: practising.userId,
  nativeUserId: native.userId,
  createdAt: iso(createdAt),
  endedAt: null,
  endReason: null,
  participants: [
    { userId: practising.userId, role: 'practice', polite: true },
    { userId: native.userId, role: 'native', polite: false },
  ],
  ...more,
});

export const saysWaiting = (history: History, who: Person, id: string, joined: number) =>
  history.requests.push({
    userId: who.userId,
    at: ms(joined),
    request: requestFacts(id, { joinedAt: iso(joined) }),
  });

/** Both people observe the match and the end of the call; their requests end as matched. */
export function meet(
  history: History,
  id: string,
  [first, firstJoined]: [Person, number],
  [second, secondJoined]: [Person, number],
  at: number,
  until: number,
  more: Partial<SessionFacts> = {},
): SessionFacts {
  const found = sessionFacts(id, first, second, at, more);
  const ended: SessionFacts = {
    ...found,
    state: 'completed',
    version: 3,
    endedAt: iso(until),
    endReason: 'left',
  };
  for (const [who, joined] of [
    [first, firstJoined],
    [second, secondJoined],
  ] as const) {
    const { userId } = who;
    const request = requestFacts(`${userId}-${joined}`, {
      joinedAt: iso(joined),
      state: 'matched',
      version: 2,
      sessionId: id,
    });
    history.requests.push({ userId, at: ms(at), request });
    history.sessions.push({ userId, at: ms(at), session: found });
    history.sessions.push({ userId, at: ms(until), session: ended });
    const ending = history.endings.find((one) => one.userId === userId);
    if (ending) {
      ending.request = request;
      ending.sessions.push(ended);
    } else history.endings.push({ userId, request, cancelled: false, sessions: [ended] });
  }
  return ended;
}

/** Ana waits from 0, Ben joins at 5, they talk from 5 to 20. Nothing is wrong with it. */
export function plainScenario(more: Partial<SessionFacts> = {}): History {
  const history = emptyHistory([ana, ben, cai]);
  saysWaiting(history, ana, 'ana-0', 0);
  saysWaiting(history, ben, 'ben-5', 5);
  meet(history, 's1', [ana, 0], [ben, 5], 5, 20, more);
  return history;
}

export const brokenRules = (history: History): RuleName[] => [
  ...new Set(findViolations(history).map(({ rule }) => rule)),
];
