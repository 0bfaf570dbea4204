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
  requests: Map<string, RequestStory>;
  requestsOf: Map<string, RequestStory[]>;
  sessions: Map<string, SessionStory>;
  sessionsOf: Map<string, SessionStory[]>;
  absencesOf: Map<string, Absence[]>;
  endings: Map<string, Ending>;
  signals: readonly SignalHeard[];
}

/** One request as its owner observed it, in order of observation. */
export interface RequestStory {
  id: string;
  userId: string;
  joinedAt: number;
  seen: RequestSeen[];
}

/** One session as both sides observed it. The final states come last. */
export interface SessionStory {
  id: string;
  seen: SessionSeen[];
  /** The observation with the highest version. */
  latest: SessionFacts;
  createdAt: number;
  endedAt: number | null;
}

export function gather(history: History): Facts {
  const requests = groupBy(withFinalRequests(history), ({ request }) => request.id);
  const scenarios = [...requests].map(([id, seen]): RequestStory => {
    const first = seen[0] as RequestSeen;
    return { id, userId: first.userId, joinedAt: Date.parse(first.request.joinedAt), seen };
  });
  const sessions = [...groupBy(withFinalSessions(history), ({ session }) => session.id)].map(
    ([id, seen]) => sessionStory(id, seen),
  );
  return {
    people: new Map(history.people.map((person) => [person.userId, person])),
    requests: new Map(scenarios.map((story) => [story.id, story])),
    requestsOf: groupBy(scenarios, ({ userId }) => userId),
    sessions: new Map(sessions.map((story) => [story.id, story])),
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

function sessionStory(id: string, seen: SessionSeen[]): SessionStory {
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

function sessionsByPerson(sessions: SessionStory[]): Map<string, SessionStory[]> {
  const pairs = sessions.flatMap((story) => {
    const ids = new Set([story.latest.practiceUserId, story.latest.nativeUserId]);
    return [...ids].map((userId) => ({ userId, story }));
  });
  const grouped = groupBy(pairs, ({ userId }) => userId);
  return new Map(
    [...grouped].map(([userId, list]) => [
      userId,
      list.map(({ story }) => story).sort((a, b) => a.createdAt - b.createdAt),
    ]),
  );
}

/** The request that led this person to this session, if a client observed it. */
export const requestOf = (
  facts: Facts,
  userId: string,
  sessionId: string,
): RequestStory | undefined =>
  facts.requestsOf
    .get(userId)
    ?.find(({ seen }) => seen.some(({ request }) => request.sessionId === sessionId));

export const lastSeen = (story: RequestStory): RequestFacts =>
  (story.seen.at(-1) as RequestSeen).request;

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
