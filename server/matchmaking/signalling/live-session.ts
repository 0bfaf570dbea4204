import { FoyerError } from '../../../contract/errors.ts';
import { hasEnded } from '../../../db/matchmaking/sessions/session-machine.ts';
import {
  readParties,
  type SessionParties,
} from '../../../db/matchmaking/sessions/session-parties.ts';
import { createBatchLoader } from '../../batch-loader.ts';
import type { ServerDeps } from '../../deps.ts';

export type LiveSession = (sessionId: string, userId: string) => Promise<SessionParties>;

/**
 * Reads the participants of a live session, for one of them. It reads each time, because a call that
 * has just ended must carry no more signals.
 * @throws {FoyerError} session.not_found for a stranger · session.bad_transition after the end
 */
export function createLiveSession({ db }: Pick<ServerDeps, 'db'>): LiveSession {
  const read = createBatchLoader((ids) => readParties(db, ids));
  return async (sessionId, userId) => {
    const session = await read(sessionId);
    if (!session?.userIds.includes(userId)) throw new FoyerError('session.not_found');
    if (hasEnded(session.state)) throw new FoyerError('session.bad_transition');
    return session;
  };
}
