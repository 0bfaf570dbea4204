import type { SessionState } from '../../contract/matchmaking.ts';

/** A participant as far as the machine looks: which steps they took. */
export interface Side {
  userId: string;
  connectedAt: Date | null;
  leftAt: Date | null;
}

export interface SessionSnapshot {
  state: SessionState;
  connectBy: Date | null;
  activeAt: Date | null;
  endedAt: Date | null;
  endReason: string | null;
  sides: readonly [Side, Side];
}

export type SessionCommand =
  | { kind: 'connected'; userId: string }
  | { kind: 'leave'; userId: string; reason?: string | undefined }
  /** Nobody connected in time. `online` are the participants who are present on a live instance. */
  | { kind: 'connect_timeout'; online: readonly string[] }
  /** `userId` was observed absent for the whole grace. */
  | { kind: 'partner_lost'; userId: string }
  | { kind: 'time_limit' };

/** What becomes of the match request of each participant when a session fails. */
export type RequestVerdict = { userId: string; verdict: 'put_back' | 'cancel'; reason: string };

export type Transition =
  | { kind: 'refused' }
  | { kind: 'unchanged' }
  | { kind: 'changed'; next: SessionSnapshot; event: string; requests: RequestVerdict[] };

const LEGAL: Record<SessionState, readonly SessionState[]> = {
  matched: ['connecting', 'failed'],
  connecting: ['active', 'failed'],
  active: ['completed'],
  completed: [],
  failed: [],
};
export const isLegal = (from: SessionState, to: SessionState) => LEGAL[from].includes(to);
export const hasEnded = (state: SessionState) => state === 'completed' || state === 'failed';

/** The session machine: pure, with the clock passed in. `refused` is 409 `session.bad_transition`. */
export function transition(
  session: SessionSnapshot,
  command: SessionCommand,
  now: Date,
): Transition {
  if (hasEnded(session.state)) return { kind: 'refused' };
  switch (command.kind) {
    case 'connected':
      return connect(session, command.userId, now);
    case 'leave':
      return leave(session, command.userId, now);
    case 'connect_timeout':
      return timeOut(session, command.online, now);
    case 'partner_lost':
      return session.state === 'active' ? complete(session, 'partner_lost', now) : REFUSED;
    case 'time_limit':
      return session.state === 'active' ? complete(session, 'time_limit', now) : REFUSED;
  }
}
const REFUSED = { kind: 'refused' } as const;

function connect(session: SessionSnapshot, userId: string, now: Date): Transition {
  const own = session.sides.find((side) => side.userId === userId);
  if (!own) return REFUSED;
  if (own.connectedAt) return { kind: 'unchanged' };
  const sides = mapSides(session, (side) =>
    side.userId === userId ? { ...side, connectedAt: now } : side,
  );
  const both = sides.every((side) => side.connectedAt !== null);
  const next: SessionSnapshot = both
    ? { ...session, sides, state: 'active', activeAt: now }
    : { ...session, sides, state: 'connecting' };
  return { kind: 'changed', next, event: both ? 'active' : 'connecting', requests: [] };
}

function leave(session: SessionSnapshot, userId: string, now: Date): Transition {
  if (!session.sides.some((side) => side.userId === userId)) return REFUSED;
  const sides = mapSides(session, (side) =>
    side.userId === userId ? { ...side, leftAt: now } : side,
  );
  if (session.state === 'active') return complete({ ...session, sides }, 'left', now);
  return fail({ ...session, sides }, 'left', now, (side) => side.userId !== userId);
}

/** Those who had connected are put back; if neither had, both who are still online are. */
function timeOut(session: SessionSnapshot, online: readonly string[], now: Date): Transition {
  if (session.state === 'active') return REFUSED;
  const nobody = session.sides.every((side) => side.connectedAt === null);
  return fail(session, 'connect_timeout', now, (side) =>
    nobody ? online.includes(side.userId) : side.connectedAt !== null,
  );
}

function complete(session: SessionSnapshot, reason: string, now: Date): Transition {
  const next: SessionSnapshot = { ...session, state: 'completed', endedAt: now, endReason: reason };
  return { kind: 'changed', next, event: 'completed', requests: [] };
}

function fail(
  session: SessionSnapshot,
  reason: string,
  now: Date,
  keeps: (side: Side) => boolean,
): Transition {
  const next: SessionSnapshot = { ...session, state: 'failed', endedAt: now, endReason: reason };
  const requests = session.sides.map((side): RequestVerdict => {
    const verdict = keeps(side) ? 'put_back' : 'cancel';
    return { userId: side.userId, verdict, reason };
  });
  return { kind: 'changed', next, event: 'failed', requests };
}

const mapSides = ({ sides }: SessionSnapshot, change: (side: Side) => Side): [Side, Side] => [
  change(sides[0]),
  change(sides[1]),
];
