import type { MatchRequest, Session } from '../../contract/matchmaking.ts';
import type { Languages } from './languages.ts';

/** Everything that the clients of one run observed, in that order. The rules use only this. */
export interface History {
  people: Person[];
  requests: RequestSeen[];
  sessions: SessionSeen[];
  /** Periods in which a person was not waiting normally: disconnected, or cancelling. */
  absences: Absence[];
  signals: SignalHeard[];
  endings: Ending[];
}

export interface Person extends Languages {
  userId: string;
}

/** `at` is local time in ms. Times in a request or session are server time. */
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

/** One signal as the partner received it. The sender numbers its signals from 1 in each attempt. */
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

/** The final state from the server, after everyone has left and cancelled. */
export interface Ending {
  userId: string;
  request: RequestFacts | null;
  /** The person cancelled the last request, so there may be none. */
  cancelled: boolean;
  /** All sessions of the person. */
  sessions: SessionFacts[];
}

/** Stores only what the rules need, because a long run observes millions of these. */
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
