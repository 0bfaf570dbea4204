import {
  type History,
  requestFacts,
  sessionFacts,
} from '../../../../cli/demo/matchmaking/history.ts';
import type { Crowd } from './crowd.ts';

/** What the people of a crowd came to hold, as the demo writes it down. */
export function demoHistory({ everybody, views }: Crowd): History {
  return {
    people: everybody.map(({ userId, wishes }) => ({
      ...{ userId, native: wishes.native, practice: wishes.practice },
    })),
    requests: views.requests.map(({ userId, at, request }) => ({
      ...{ userId, at, request: requestFacts(request) },
    })),
    sessions: views.sessions.map(({ userId, at, session }) => ({
      ...{ userId, at, session: sessionFacts(session) },
    })),
    signals: views.signals,
    absences: [],
    endings: [],
  };
}
