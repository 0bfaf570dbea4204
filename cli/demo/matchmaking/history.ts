import type { MatchRequest, Session } from '../../../contract/matchmaking.ts';
import type { Languages } from './languages.ts';

/** The observations of the clients of one run, in order: the input of all rules. */
export interface History {
  people: Person[];
  requests: RequestSeen[];
  sessions: SessionSeen[];
  /** When a person was not simply waiting there: the socket was off, or a cancellation was under way. */
  absences: Absence[];
  signals: SignalHeard[];
  endings: Ending[];
}

export const emptyHistory = (people: Person[] = []): History => ({
  people,
  requests: [],
  sessions: [],
  absences: [],
  signals: [],
  endings: [],
});

export interface Person extends Languages {
  userId: string;
}

/** Times `at` are this process's own, in ms; times inside a request or session are the server's. */
export interface RequestSeen {
  userId: string;
  at: number;
  request: RequestFacts;
}
export type RequestFacts = Pick<
  MatchRequest,
  'id' | 'state' | 'version' | 'requeues' | 'sessionId' | 'joinedAt'
>;

export interface SessionSeen {
  userId: string;
  at: number;
  session: SessionFacts;
}
export type SessionFacts = Pick<
  Session,
  | 'id'
  | 'state'
  | 'version'
  | 'language'
  | 'practiceUserId'
  | 'nativeUserId'
  | 'createdAt'
  | 'endedAt'
  | 'endReason'
> & { participants: Pick<Session['participants'][number], 'userId' | 'role' | 'polite'>[] };

/** One signal that the partner received. The sender numbers them from 1 in each attempt. */
export interface SignalHeard {
  sessionId: string;
  userId: string;
  from: string;
  seq: number;
  /** One listening, and one attempt of the sender. */
  attempt: string;
  number: number;
  /** The server said that it no longer has what came before: Redis lost its memory. */
  isAfterLoss: boolean;
}

export interface Absence {
  userId: string;
  from: number;
  until: number;
}

/** What the server said at the end, after everybody had left and cancelled. */
export interface Ending {
  userId: string;
  request: RequestFacts | null;
  /** The person took the last request back, so that there need not be one. */
  cancelled: boolean;
  /** Every session that the person ever had. */
  sessions: SessionFacts[];
}

/** Keep only what the rules need, because a long run observes millions of these. */
export const requestFacts = (request: MatchRequest): RequestFacts => ({
  id: request.id,
  state: request.state,
  version: request.version,
  requeues: request.requeues,
  sessionId: request.sessionId,
  joinedAt: request.joinedAt,
});

export const sessionFacts = (session: Session): SessionFacts => ({
  id: session.id,
  state: session.state,
  version: session.version,
  language: session.language,
  practiceUserId: session.practiceUserId,
  nativeUserId: session.nativeUserId,
  createdAt: session.createdAt,
  endedAt: session.endedAt,
  endReason: session.endReason,
  participants: session.participants.map(({ userId, role, polite }) => ({ userId, role, polite })),
});
