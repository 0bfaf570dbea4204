import type { Feedback } from '../../../contract/matchmaking.ts';
import { FoyerError } from '../../../errors.ts';
import { type Db, prepared, rowsOf } from '../../knex.ts';

interface Given {
  sessionId: string;
  userId: string;
  rating: number;
  note: string | null;
}

/**
 * What a participant thought of a call, once: from the moment both were connected, or after the end.
 * The primary key decides between two at once.
 * @throws {FoyerError} session.not_found · session.feedback_given · session.bad_transition
 */
export async function giveFeedback(db: Db, given: Given): Promise<Feedback> {
  const { sessionId, userId, rating, note } = given;
  const [row] = await rowsOf<{ created_at: Date }>(
    prepared(
      db,
      `insert into session_feedback (session_id, user_id, rating, note)
       select p.session_id, p.user_id, :rating::smallint, :note::text
         from session_participants p join sessions s on s.id = p.session_id
        where p.session_id = :sessionId and p.user_id = :userId
          and (s.active_at is not null or s.ended_at is not null)
       on conflict do nothing
       returning created_at`,
      { sessionId, userId, rating, note },
    ),
  );
  if (!row) throw new FoyerError(await refusal(db, given));
  return { sessionId, rating, note, createdAt: row.created_at.toISOString() };
}

async function refusal(db: Db, { sessionId, userId }: Given) {
  const [row] = await rowsOf<{ given: boolean }>(
    db.raw(
      `select exists (
              select from session_feedback f
               where f.session_id = p.session_id and f.user_id = p.user_id) as given
         from session_participants p where p.session_id = ? and p.user_id = ?`,
      [sessionId, userId],
    ),
  );
  if (!row) return 'session.not_found';
  return row.given ? 'session.feedback_given' : 'session.bad_transition';
}
