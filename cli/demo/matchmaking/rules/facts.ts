import type {
  Absence,
  Ending,
  History,
  Person,
  RequestFacts,
  RequestSeen,
  SessionFacts,
  SessionSeen,
  SignalHeard,
} from '../history.ts';

/** The history, indexed once for all rules. */
export interface Facts {
  people: Map<string, Person>;
  requests: Map<string, RequestTrace>;
  requestsOf: Map<string, RequestTrace[]>;
  sessions: Map<string, SessionTrace>;
  sessionsOf: Map<string, SessionTrace[]>;
  absencesOf: Map<string, Absence[]>;
  endings: Map<string, Ending>;
  signals: readonly SignalHeard[];
}

/** One request: the observations of its owner, in order. */
export interface RequestTrace {
  id: string;
  userId: string;
  joinedAt: number;
  seen: RequestSeen[];
}

/** One session: the observations of both sides, the answers at the end last. */
export interface SessionTrace {
  id: string;
  seen: SessionSeen[];
  /** The observation with the highest version. */
  latest: SessionFacts;
  createdAt: number;
  endedAt: number | null;
}

export function gather(history: History): Facts {
  const requests = groupBy(withFinalRequests(history), ({ request }) => request.id);
  const traces = [...requests].map(([id, seen]): RequestTrace => {
    const first = seen[0] as RequestSeen;
    return { id, userId: first.userId, joinedAt: Date.parse(first.request.joinedAt), seen };
  });
  const sessions = [...groupBy(withFinalSessions(history), ({ session }) => session.id)].map(
    ([id, seen]) => sessionTrace(id, seen),
  );
  return {
    people: new Map(history.people.map((person) => [person.userId, person])),
    requests: new Map(traces.map((trace) => [trace.id, trace])),
    requestsOf: groupBy(traces, ({ userId }) => userId),
    sessions: new Map(sessions.map((trace) => [trace.id, trace])),
    sessionsOf: sessionsByPerson(sessions),
    absencesOf: groupBy(history.absences, ({ userId }) => userId),
    endings: new Map(history.endings.map((ending) => [ending.userId, ending])),
    signals: history.signals,
  };
}

const FINAL = Number.POSITIVE_INFINITY;

const withFinalRequests = ({ requests, endings }: History): RequestSeen[] => [
  ...requests,
  ...endings.flatMap(({ userId, request }) => (request ? [{ userId, at: FINAL, request }] : [])),
];

const withFinalSessions = ({ sessions, endings }: History): SessionSeen[] => [
  ...sessions,
  ...endings.flatMap(({ userId, sessions: all }) =>
    all.map((session) => ({ userId, at: FINAL, session })),
  ),
];

function sessionTrace(id: string, seen: SessionSeen[]): SessionTrace {
  const latest = seen
    .map(({ session }) => session)
    .reduce((best, session) => (session.version > best.version ? session : best));
  const { createdAt, endedAt } = latest;
  return {
    id,
    seen,
    latest,
    createdAt: Date.parse(createdAt),
    endedAt: endedAt === null ? null : Date.parse(endedAt),
  };
}

function sessionsByPerson(sessions: SessionTrace[]): Map<string, SessionTrace[]> {
  const pairs = sessions.flatMap((trace) => {
    const ids = new Set([trace.latest.practiceUserId, trace.latest.nativeUserId]);
    return [...ids].map((userId) => ({ userId, trace }));
  });
  const grouped = groupBy(pairs, ({ userId }) => userId);
  return new Map(
    [...grouped].map(([userId, list]) => [
      userId,
      list.map(({ trace }) => trace).sort((a, b) => a.createdAt - b.createdAt),
    ]),
  );
}

/** The request that led this person to this session, if a client observed it. */
export const requestOf = (
  facts: Facts,
  userId: string,
  sessionId: string,
): RequestTrace | undefined =>
  facts.requestsOf
    .get(userId)
    ?.find(({ seen }) => seen.some(({ request }) => request.sessionId === sessionId));

export const lastSeen = (trace: RequestTrace): RequestFacts =>
  (trace.seen.at(-1) as RequestSeen).request;

/** Compatible in both directions: each natively speaks a language that the other practises. */
export const compatible = (a: Person, b: Person): boolean =>
  a.practice.some((code) => b.native.includes(code)) &&
  b.practice.some((code) => a.native.includes(code));

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
