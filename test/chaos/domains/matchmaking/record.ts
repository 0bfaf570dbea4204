import type { MatchRequest, Session } from '../../../../contract/matchmaking.ts';

/** Actions and observations of the clients in order of time: with the audit, the input of the checker. */
export type Seen = Answered | Saw | Status;

interface Common {
  /** Milliseconds since 1970, on the same clock as PostgreSQL. */
  at: number;
  userId: string;
  /** The client object. A person who switches servers gets a new one. */
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

/** A command and its response. `at` is the time of the response. */
export interface Answered extends Common {
  kind: 'answered';
  command: Command;
  sentAt: number;
  /** The error code, or null on success. */
  error: string | null;
  request?: RequestFacts | null;
  session?: SessionFacts | null;
  /** The target of `block`. */
  otherId?: string;
}

/** A raw push, or, with `converged`, the current state of the client. */
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
