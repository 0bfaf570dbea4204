import type { MatchRequest, Session } from '../../../../contract/matchmaking.ts';

/** What clients did and saw, in the order of time: the other half of what the checker looks at. */
export type Seen = Answered | Saw | Status;

interface Common {
  /** Milliseconds since 1970; one machine, so one clock with PostgreSQL. */
  at: number;
  userId: string;
  /** One client object: a person who changes servers has a new one. */
  device: number;
}

export type Command =
  | 'join'
  | 'leave-queue'
  | 'connected'
  | 'leave-session'
  | 'block'
  | 'poll'
  | 'signal';

/** A command with its answer; `at` is when the answer came. */
export interface Answered extends Common {
  kind: 'answered';
  command: Command;
  sentAt: number;
  /** Null when it was done. */
  error: string | null;
  request?: RequestFacts | null;
  session?: SessionFacts | null;
  /** Of `block`. */
  otherId?: string;
}

/** A push as it came, or (`converged`) what the client holds to be true now. */
export interface Saw extends Common {
  kind: 'saw';
  converged: boolean;
  request?: RequestFacts;
  session?: SessionFacts;
}

export interface Status extends Common {
  kind: 'status';
  connected: boolean;
  server: number;
}

export type RequestFacts = Pick<
  MatchRequest,
  'id' | 'state' | 'version' | 'requeues' | 'sessionId' | 'joinedAt'
>;
export type SessionFacts = Pick<
  Session,
  'id' | 'state' | 'version' | 'language' | 'practiceUserId' | 'nativeUserId'
>;

export const requestFacts = (r: MatchRequest): RequestFacts => ({
  id: r.id,
  state: r.state,
  version: r.version,
  requeues: r.requeues,
  sessionId: r.sessionId,
  joinedAt: r.joinedAt,
});
export const sessionFacts = (s: Session): SessionFacts => ({
  id: s.id,
  state: s.state,
  version: s.version,
  language: s.language,
  practiceUserId: s.practiceUserId,
  nativeUserId: s.nativeUserId,
});
