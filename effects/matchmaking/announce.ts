import type { Effects } from '../../db/matchmaking/effects.ts';
import type { SessionView } from '../../db/matchmaking/sessions/session-row.ts';
import { type Push, toPeople } from '../../db/realtime/push.ts';
import { renderRequest } from './render-request.ts';
import { renderSession } from './render-session.ts';

/** Finds the id of the request that changed this person or session; undefined for a sweep or a time-out. */
export type TraceOf = (id: string) => string | undefined;

type Announced = Pick<Effects, 'requests' | 'sessions' | 'found'>;

/** Push the changes to the people concerned. Found sessions go first, because people wait for them. */
export function announce(push: Push, effects: Announced, traceOf: TraceOf): void {
  const trace = (id: string) => {
    const requestId = traceOf(id);
    return requestId === undefined ? {} : { requestId };
  };
  const toBoth = (event: 'match:found' | 'session:state', view: SessionView) => {
    const both = view.sides.map(({ userId }) => userId);
    push(toPeople(both), event, { ...renderSession(view), ...trace(view.id) });
  };
  for (const view of effects.found) toBoth('match:found', view);
  for (const view of effects.sessions) toBoth('session:state', view);
  for (const row of effects.requests) {
    push(toPeople([row.user_id]), 'match:state', { ...renderRequest(row), ...trace(row.user_id) });
  }
}
