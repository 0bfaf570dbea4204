import type { Feedback } from '../../contract/matchmaking.ts';
import type { DomainEvent } from '../../db/events/domain-event.ts';
import type { Effects } from '../../db/matchmaking/effects.ts';
import type { RequestRow } from '../../db/matchmaking/requests/request-row.ts';
import type { SessionView } from '../../db/matchmaking/sessions/session-row.ts';
import { renderRequest } from './render-request.ts';
import { renderSession } from './render-session.ts';

/** The events of a commit of matchmaking. `data` is the session or the request, in its new version. */
export const matchmakingEvents = ({
  found,
  reached,
  requests,
}: Pick<Effects, 'found' | 'reached' | 'requests'>): DomainEvent[] => [
  ...found.map((view) => ofSession('session.created', view)),
  ...reached.flatMap((view) => {
    if (view.state === 'active') return [ofSession('session.active', view)];
    if (view.state === 'completed') return [ofSession('session.completed', view)];
    return view.state === 'failed' ? [ofSession('session.failed', view)] : [];
  }),
  ...requests.flatMap((row) => {
    if (row.state === 'matched') return [ofRequest('match_request.matched', row)];
    if (row.state === 'cancelled') return [ofRequest('match_request.cancelled', row)];
    return row.state === 'expired' ? [ofRequest('match_request.expired', row)] : [];
  }),
];

/** The event of feedback. Its writer holds the lock of a participant, as every step of the session does. */
export const feedbackEvents = (given: readonly (Feedback & { userId: string })[]): DomainEvent[] =>
  given.map((feedback) => ({
    type: 'session.feedback',
    subject: `session:${feedback.sessionId}`,
    data: () => feedback,
  }));

const ofSession = (type: DomainEvent['type'], view: SessionView): DomainEvent => ({
  type,
  subject: `session:${view.id}`,
  data: () => renderSession(view),
});
const ofRequest = (type: DomainEvent['type'], row: RequestRow): DomainEvent => ({
  type,
  subject: `match_request:${row.id}`,
  data: () => renderRequest(row),
});
