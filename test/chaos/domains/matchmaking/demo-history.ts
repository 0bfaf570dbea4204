import {
  type History,
  requestFacts,
  sessionFacts,
} from '../../../../cli/demo/matchmaking/history.ts';
import type { Crowd } from './crowd.ts';

/** What the people of a crowd came to hold, as the demo writes it down. */
export function demoHistory({ everybody, whole }: Crowd): History {
  return {
    people: everybody.map(({ userId, wishes }) => ({
      ...{ userId, native: wishes.native, practice: wishes.practice },
    })),
    requests: whole.requests.map(({ userId, at, request }) => ({
      ...{ userId, at, request: requestFacts(request) },
    })),
    sessions: whole.sessions.map(({ userId, at, session }) => ({
      ...{ userId, at, session: sessionFacts(session) },
    })),
    signals: whole.signals,
    absences: [],
    endings: [],
  };
}
