import type { Change } from '../../../audit.ts';
import type { FaultWindow } from '../../../checker/history.ts';
import type { Answered, Saw, Seen } from '../record.ts';
import { limits } from '../settings.ts';
import type { MatchHistory } from './history.ts';
import type { ParticipantRow, RequestRow, SessionRow } from './rows.ts';

/** A handwritten history with times in seconds. It is valid; tests add violations to it. */
export interface Scenario {
  history: MatchHistory & { changes: Change[]; seen: Seen[]; faults: FaultWindow[] };
  /** Any change, at a moment; what is written in one call is one transaction. */
  write(at: number, ...rows: [table: string, row: object, op?: Change['op']][]): void;
  joins(at: number, userId: string, native: string, practice: string): RequestRow;
  /** Returns a changed request with the next version, to be written later. */
  step(request: RequestRow, to: Partial<RequestRow>): RequestRow;
  matches(
    at: number,
    older: RequestRow,
    younger: RequestRow,
    also?: Partial<SessionRow>,
  ): SessionRow;
  /** Writes the next state of a session with its event and both participants. */
  moves(
    at: number,
    session: SessionRow,
    to: Partial<SessionRow>,
    requests?: RequestRow[],
  ): SessionRow;
  answers(at: number, userId: string, what: Partial<Answered> & Pick<Answered, 'command'>): void;
  holds(at: number, userId: string, what: Pick<Saw, 'request' | 'session'>): void;
  connects(at: number, userId: string, connected?: boolean): void;
}

export const T0 = Date.parse('2026-01-01T00:00:00Z');
const iso = (at: number) => new Date(T0 + at * 1000).toISOString();

export function scenario(): Scenario {
  const history: Scenario['history'] = { changes: [], seen: [], faults: [], limits };
  let tx = 0;
  let sessions = 0;
  const write: Scenario['write'] = (at, ...rows) => {
    tx += 1;
    for (const [table, row, op = 'INSERT'] of rows)
      history.changes.push({
        ...{ seq: history.changes.length + 1, tx: String(tx), at: T0 + at * 1000, table, op },
        row: { ...row },
      });
  };
  const sides = (session: SessionRow, live: boolean): ParticipantRow[] =>
    [session.practice_user_id, session.native_user_id].map((user_id, i) => ({
      ...{ session_id: session.id, user_id, role: i === 0 ? 'practice' : 'native' },
      ...{ polite: i === 0, connected_at: null, left_at: null, live },
    }));
  const event = ({ id, version, state }: SessionRow) => ({
    ...{ session_id: id, seq: version, type: state },
  });
  const step: Scenario['step'] = (request, to) => ({
    ...request,
    ...to,
    version: request.version + 1,
  });
  return {
    history,
    write,
    step,
    joins: (at, userId, native, practice) => {
      const request: RequestRow = {
        ...{ id: `r-${userId}`, pool: 'default', user_id: userId },
        ...{ native: [native], practice: [practice], level: null, topics: [] },
        ...{ state: 'waiting', reason: null, joined_at: iso(at), expires_at: iso(at + 45) },
        ...{ requeues: 0, session_id: null, version: 1 },
      };
      write(at, ['match_requests', request]);
      return request;
    },
    matches: (at, older, younger, also = {}) => {
      sessions += 1;
      const session: SessionRow = {
        ...{ id: `s${sessions}`, state: 'matched', language: older.practice[0] ?? '' },
        ...{ practice_user_id: older.user_id, native_user_id: younger.user_id },
        ...{ created_at: iso(at), connect_by: iso(at + 10), ended_at: null, end_reason: null },
        version: 1,
        ...also,
      };
      const matched = { state: 'matched', session_id: session.id };
      write(
        at,
        ['sessions', session],
        ...sides(session, true).map((side): [string, object] => ['session_participants', side]),
        ['session_events', event(session)],
        ['match_requests', step(older, matched), 'UPDATE'],
        ['match_requests', step(younger, matched), 'UPDATE'],
      );
      return session;
    },
    moves: (at, session, to, requests = []) => {
      const next = { ...session, ...to, version: session.version + 1 };
      const live = next.state !== 'completed' && next.state !== 'failed';
      if (!live) next.ended_at = iso(at);
      write(
        at,
        ['sessions', next, 'UPDATE'],
        ...sides(next, live).map((side): [string, object, 'UPDATE'] => [
          ...(['session_participants', side, 'UPDATE'] as const),
        ]),
        ['session_events', event(next)],
        ...requests.map((row): [string, object, 'UPDATE'] => ['match_requests', row, 'UPDATE']),
      );
      return next;
    },
    answers: (at, userId, what) => {
      const sentAt = T0 + at * 1000 - 20;
      const common = { at: T0 + at * 1000, userId, device: 1, error: null, sentAt };
      history.seen.push({ kind: 'answered', ...common, ...what });
    },
    holds: (at, userId, what) => {
      const common = { at: T0 + at * 1000, userId, device: 1, converged: true };
      history.seen.push({ kind: 'saw', ...common, ...what });
    },
    connects: (at, userId, connected = true) => {
      const device = userId.charCodeAt(0);
      history.seen.push({
        ...{ kind: 'status', at: T0 + at * 1000, userId, device, connected, server: 0 },
      });
    },
  };
}

/** A request as a client receives it. */
export const shown = (row: RequestRow): NonNullable<Saw['request']> => ({
  id: row.id,
  state: row.state as 'waiting',
  version: row.version,
  requeues: row.requeues,
  sessionId: row.session_id,
  joinedAt: new Date(row.joined_at).toISOString(),
});
export const shownSession = (row: SessionRow): NonNullable<Saw['session']> => ({
  id: row.id,
  state: row.state as 'matched',
  version: row.version,
  language: row.language,
  practiceUserId: row.practice_user_id,
  nativeUserId: row.native_user_id,
});

/** Ana and Ben match, talk and leave; Cem waits and leaves. */
export function goodScenario(): Scenario & {
  session: SessionRow;
  ana: RequestRow;
  ben: RequestRow;
} {
  const told = scenario();
  for (const userId of ['ana', 'ben']) told.connects(0.5, userId);
  const ana = told.joins(1, 'ana', 'es', 'en');
  told.answers(1.1, 'ana', { command: 'join', request: shown(ana) });
  const ben = told.joins(2, 'ben', 'en', 'es');
  const session = told.matches(2.1, ana, ben);
  told.holds(2.2, 'ana', { session: shownSession(session) });
  const connecting = told.moves(3, session, { state: 'connecting' });
  const active = told.moves(4, connecting, { state: 'active' });
  const over = told.moves(9, active, { state: 'completed', end_reason: 'left' });
  told.answers(9.1, 'ben', { command: 'leave-session', session: shownSession(over) });
  const cem = told.joins(3, 'cem', 'fr', 'de');
  told.write(8, [
    'match_requests',
    told.step(cem, { state: 'cancelled', reason: 'left_queue' }),
    'UPDATE',
  ]);
  told.answers(8.1, 'cem', { command: 'leave-queue' });
  return { ...told, session, ana, ben };
}
