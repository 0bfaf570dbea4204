import type { SessionState } from '../../../contract/matchmaking.ts';

/** What the machine reads of a participant: which steps they took. */
export interface Side {
  userId: string;
  acceptedAt: Date | null;
  connectedAt: Date | null;
  leftAt: Date | null;
}

export interface SessionSnapshot {
  state: SessionState;
  /** Null without an accept step. While it is set and the state is `matched`, that step is open. */
  acceptBy: Date | null;
  /** Null while the accept step is open: the time to connect begins when both have accepted. */
  connectBy: Date | null;
  activeAt: Date | null;
  /** When the time limit ends an active call; null without one. */
  endsAt: Date | null;
  /** When both were warned that their time is nearly over. */
  warnedAt: Date | null;
  endedAt: Date | null;
  endReason: string | null;
  sides: readonly [Side, Side];
}

export type SessionCommand =
  | { kind: 'accept'; userId: string; connectSeconds: number }
  /** `cancelAs`: why the decliner's request ends, when it is not that they declined. */
  | { kind: 'decline'; userId: string; reason?: string | undefined; cancelAs?: string }
  /** Somebody has not accepted in time. */
  | { kind: 'accept_timeout' }
  | { kind: 'signal'; userId: string }
  /** `limitMinutes` is how long the call may last once it is active; none or 0: no limit. */
  | { kind: 'connected'; userId: string; limitMinutes?: number }
  | { kind: 'leave'; userId: string; reason?: string | undefined }
  /** Nobody connected in time. `online` are the participants who are present on a live instance. */
  | { kind: 'connect_timeout'; online: readonly string[] }
  /** `userId` was observed absent for the whole grace. */
  | { kind: 'partner_lost'; userId: string }
  /** The time limit is near. It changes only the version, so that both get a push. */
  | { kind: 'time_warning' }
  | { kind: 'time_limit' };

/**
 * What becomes of the match request of each participant: `match` when both have accepted, the others
 * when the session failed.
 */
export type RequestVerdict = {
  userId: string;
  verdict: 'match' | 'put_back' | 'cancel';
  reason: string;
};

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
/** Whether the machine allows this change of state. */
export const isLegal = (from: SessionState, to: SessionState) => LEGAL[from].includes(to);
/** The accept step waits for somebody. The second accept ends it by making the session `connecting`. */
export const isAcceptOpen = ({ state, acceptBy }: Pick<SessionSnapshot, 'state' | 'acceptBy'>) =>
  state === 'matched' && acceptBy !== null;
/** Whether a session is in a final state. */
export const hasEnded = (state: SessionState) => state === 'completed' || state === 'failed';

/** The session machine: pure, with the clock passed in. `refused` is 409 `session.bad_transition`. */
export function transition(
  session: SessionSnapshot,
  command: SessionCommand,
  now: Date,
): Transition {
  if (hasEnded(session.state)) return { kind: 'refused' };
  if ('userId' in command && !session.sides.some(({ userId }) => userId === command.userId))
    return REFUSED;
  switch (command.kind) {
    case 'accept':
      return accept(session, command, now);
    case 'decline':
      return decline(session, command, now);
    case 'accept_timeout':
      return timeOutAccept(session, now);
    case 'signal':
      return signal(session);
    case 'connected':
      return connect(session, command, now);
    case 'leave':
      return leave(session, command.userId, now);
    case 'connect_timeout':
      return timeOut(session, command.online, now);
    case 'partner_lost':
      return session.state === 'active' ? complete(session, 'partner_lost', now) : REFUSED;
    case 'time_warning':
      return warn(session, now);
    case 'time_limit':
      return session.state === 'active' ? complete(session, 'time_limit', now) : REFUSED;
  }
}
const REFUSED = { kind: 'refused' } as const;
const UNCHANGED = { kind: 'unchanged' } as const;
type Given<Kind> = Extract<SessionCommand, { kind: Kind }>;

/** Valid until the time-out is written, even after `acceptBy`: the first write decides. */
function accept(
  session: SessionSnapshot,
  { userId, connectSeconds }: Given<'accept'>,
  now: Date,
): Transition {
  const own = session.sides.find((side) => side.userId === userId);
  if (!isAcceptOpen(session) || own?.acceptedAt) return UNCHANGED;
  const sides = mapSides(session, (side) =>
    side.userId === userId ? { ...side, acceptedAt: now } : side,
  );
  if (sides.some((side) => side.acceptedAt === null))
    return { kind: 'changed', next: { ...session, sides }, event: 'accepted', requests: [] };
  const connectBy = new Date(now.getTime() + connectSeconds * 1000);
  const next: SessionSnapshot = { ...session, sides, state: 'connecting', connectBy };
  const requests = sides.map(
    (side): RequestVerdict => ({ userId: side.userId, verdict: 'match', reason: 'accepted' }),
  );
  return { kind: 'changed', next, event: 'connecting', requests };
}

function decline(
  session: SessionSnapshot,
  { userId, cancelAs }: Given<'decline'>,
  now: Date,
): Transition {
  if (session.state !== 'matched') return REFUSED;
  return fail(session, 'declined', now, (side) => side.userId !== userId, cancelAs);
}

function timeOutAccept(session: SessionSnapshot, now: Date): Transition {
  if (!isAcceptOpen(session) || !session.acceptBy || session.acceptBy > now) return REFUSED;
  return fail(session, 'accept_timeout', now, (side) => side.acceptedAt !== null);
}

/** A signal means that the sender began to connect; `connected` says that the connection works. */
function signal(session: SessionSnapshot): Transition {
  if (isAcceptOpen(session)) return REFUSED;
  if (session.state !== 'matched') return UNCHANGED;
  const next: SessionSnapshot = { ...session, state: 'connecting' };
  return { kind: 'changed', next, event: 'connecting', requests: [] };
}

function connect(
  session: SessionSnapshot,
  { userId, limitMinutes = 0 }: Given<'connected'>,
  now: Date,
): Transition {
  if (isAcceptOpen(session)) return REFUSED;
  if (session.sides.some((side) => side.userId === userId && side.connectedAt)) return UNCHANGED;
  const sides = mapSides(session, (side) =>
    side.userId === userId ? { ...side, connectedAt: now } : side,
  );
  const both = sides.every((side) => side.connectedAt !== null);
  const endsAt = limitMinutes > 0 ? new Date(now.getTime() + limitMinutes * 60_000) : null;
  const next: SessionSnapshot = both
    ? { ...session, sides, state: 'active', activeAt: now, endsAt }
    : { ...session, sides, state: 'connecting' };
  return { kind: 'changed', next, event: both ? 'active' : 'connecting', requests: [] };
}

function leave(session: SessionSnapshot, userId: string, now: Date): Transition {
  const sides = mapSides(session, (side) =>
    side.userId === userId ? { ...side, leftAt: now } : side,
  );
  if (session.state === 'active') return complete({ ...session, sides }, 'left', now);
  return fail({ ...session, sides }, 'left', now, (side) => side.userId !== userId);
}

/** Those who had connected are put back; if neither had, both who are still online are. */
function timeOut(session: SessionSnapshot, online: readonly string[], now: Date): Transition {
  if (session.state === 'active' || isAcceptOpen(session)) return REFUSED;
  const nobody = session.sides.every((side) => side.connectedAt === null);
  return fail(session, 'connect_timeout', now, (side) =>
    nobody ? online.includes(side.userId) : side.connectedAt !== null,
  );
}

function warn(session: SessionSnapshot, now: Date): Transition {
  if (session.state !== 'active') return REFUSED;
  if (session.warnedAt) return UNCHANGED;
  const next: SessionSnapshot = { ...session, warnedAt: now };
  return { kind: 'changed', next, event: 'time_warning', requests: [] };
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
  cancelAs = reason,
): Transition {
  const next: SessionSnapshot = { ...session, state: 'failed', endedAt: now, endReason: reason };
  const requests = session.sides.map((side): RequestVerdict => {
    const { userId } = side;
    return keeps(side)
      ? { userId, verdict: 'put_back', reason }
      : { userId, verdict: 'cancel', reason: cancelAs };
  });
  return { kind: 'changed', next, event: 'failed', requests };
}

const mapSides = ({ sides }: SessionSnapshot, change: (side: Side) => Side): [Side, Side] => [
  change(sides[0]),
  change(sides[1]),
];
