import type { Feedback } from '../../contract/matchmaking.ts';
import type { Joined } from '../../db/matchmaking/requests/join-requests.ts';
import type { Stepped } from '../../db/matchmaking/sessions/transition-sessions.ts';
import type { Render } from '../../db/write/command.ts';
import { renderRequest } from '../../effects/matchmaking/render-request.ts';
import { renderSession } from '../../effects/matchmaking/render-session.ts';
import { jsonAnswer, rendering } from '../routes/stored-answer.ts';

/** Without the wait, which comes from Redis: a stored answer is replayed unchanged. */
export const renderJoin = (socketUrl: string): Render<unknown, Joined> =>
  rendering(({ request, created }) =>
    jsonAnswer(created ? 201 : 200, { ...renderRequest(request), socketUrl }),
  );

/** The session after a step. */
export const renderStep: Render<unknown, Stepped> = rendering(({ session }) =>
  jsonAnswer(200, renderSession(session)),
);

/** The feedback that was stored. */
export const renderFeedback: Render<unknown, Feedback> = rendering((feedback) =>
  jsonAnswer(201, feedback),
);
