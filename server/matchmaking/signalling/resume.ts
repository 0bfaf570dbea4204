import { FoyerError } from '../../../contract/errors.ts';
import { hasEnded } from '../../../db/matchmaking/sessions/session-machine.ts';
import { findSession } from '../../../db/matchmaking/sessions/sessions.ts';
import { type SignalPage, signalsAfter } from '../../../db/matchmaking/signalling/signals.ts';
import { renderSession } from '../../../effects/matchmaking/render-session.ts';
import type { ServerDeps } from '../../deps.ts';
import { createKeyedSerialQueue } from '../../keyed-serial-queue.ts';

/** Requests of one person for one session that one read answers; the same number may wait. */
const MAX_QUESTIONS = 16;

interface Question {
  sessionId: string;
  userId: string;
  afterSeq: number;
}
interface Resumed extends SignalPage {
  session: ReturnType<typeof renderSession>;
}

/**
 * Read a session and the partner's signals after a seq. One read is under way for each person and
 * session; requests that arrive meanwhile share the next one, so every answer is read after its
 * request. After the end of the session there are no signals.
 * @throws {FoyerError} session.not_found for a stranger · service.unavailable without Redis, or when
 * too many requests wait
 */
export function createResume({
  db,
  redis,
}: Pick<ServerDeps, 'db' | 'redis'>): (question: Question) => Promise<Resumed> {
  async function run(questions: Question[]): Promise<Resumed[]> {
    const [head] = questions;
    if (!head) return [];
    const { sessionId, userId } = head;
    const view = await findSession(db, sessionId, userId);
    if (!view) throw new FoyerError('session.not_found');
    const session = renderSession(view);
    if (hasEnded(view.state))
      return questions.map(({ afterSeq }) => ({ session, ...nothingAfter(afterSeq) }));
    const earliest = Math.min(...questions.map(({ afterSeq }) => afterSeq));
    const { signals, ...position } = await signalsAfter(redis, view.id, userId, earliest);
    return questions.map(({ afterSeq }) => ({
      ...{ session, ...position },
      signals: signals.filter(({ seq }) => seq > afterSeq),
    }));
  }
  const ask = createKeyedSerialQueue({
    run,
    maxItems: MAX_QUESTIONS,
    maxWaiting: MAX_QUESTIONS,
  });
  return (question) => ask(`${question.sessionId} ${question.userId}`, question);
}

const nothingAfter = (headSeq: number): SignalPage => ({
  signals: [],
  firstSeq: headSeq + 1,
  headSeq,
});
