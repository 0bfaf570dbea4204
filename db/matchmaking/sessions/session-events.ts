import type { SessionEventType } from '../../../contract/matchmaking.ts';
import { type Db, rowsOf } from '../../knex.ts';

/** One step of a session. */
export interface SessionEventRow {
  seq: number;
  type: SessionEventType;
  at: Date;
  /** The participant who took the step; null for a step of the system. */
  userId: string | null;
  /** The reason that a participant gave, and why the session ended. */
  data: { reason?: string; endReason?: string };
}

/**
 * What happened to a session, in order. Its first event is its creation, so that an empty list means: no
 * such session for this reader.
 * @param reader the id of a participant, or `anyone` for those who may read every session
 */
export const listSessionEvents = (
  db: Db,
  sessionId: string,
  reader: { userId: string } | 'anyone',
): Promise<SessionEventRow[]> =>
  rowsOf<SessionEventRow>(
    db.raw(
      `select e.seq, e.type, e.at, e.actor_id as "userId", e.data
         from session_events e
        where e.session_id = :sessionId
          and (:userId::uuid is null
               or exists (select from session_participants p
                           where p.session_id = :sessionId and p.user_id = :userId))
        order by e.seq`,
      { sessionId, userId: reader === 'anyone' ? null : reader.userId } as never,
    ),
  );
