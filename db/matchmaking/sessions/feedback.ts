import { FoyerError } from '../../../contract/errors.ts';
import type { Feedback } from '../../../contract/matchmaking.ts';
import { lockPeopleIn } from '../../accounts/lock-users.ts';
import type { BatchCommand } from '../../write/command.ts';
import { defineStatement } from '../../write/statement.ts';

export interface GivenFeedback {
  sessionId: string;
  userId: string;
  rating: number;
  note: string | null;
}
/** Feedback with the participant who gave it. */
export type StoredFeedback = Feedback & { userId: string };

interface Seen {
  session_id: string;
  user_id: string;
  /** Both were connected, or the call has ended. */
  ripe: boolean;
  given: boolean;
  now: Date;
}
interface Facts {
  seen: ReadonlyMap<string, Seen>;
  elsewhere: ReadonlySet<string>;
}

const readSeen = defineStatement<Seen>(
  `select p.session_id, p.user_id, s.active_at is not null or s.ended_at is not null as ripe,
          f.user_id is not null as given, clock_timestamp() as now
     from unnest($1::uuid[], $2::uuid[]) as x (session_id, user_id)
     join session_participants p on p.session_id = x.session_id and p.user_id = x.user_id
     join sessions s on s.id = p.session_id
     left join session_feedback f on f.session_id = p.session_id and f.user_id = p.user_id`,
);
const insertFeedback = defineStatement(
  `insert into session_feedback (session_id, user_id, rating, note, created_at)
   select * from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::text[], $5::timestamptz[])`,
);

/**
 * Store a participant's feedback on a call, once. The lock of the user decides between two at once. Errors:
 * session.not_found · session.feedback_given · session.bad_transition
 */
export const feedbackCommand: BatchCommand<GivenFeedback, Facts, Feedback, StoredFeedback[]> = {
  name: 'session-feedback',
  subjectsOf: ({ userId }) => [userId],
  async read(trx, inputs, locking) {
    const userIds = inputs.map(({ userId }) => userId);
    const [{ elsewhere }, rows] = await Promise.all([
      lockPeopleIn(trx, userIds, locking),
      trx.read(readSeen, [inputs.map(({ sessionId }) => sessionId), userIds]),
    ]);
    return {
      elsewhere,
      seen: new Map(rows.map((row) => [`${row.session_id} ${row.user_id}`, row])),
    };
  },
  decide({ seen, elsewhere }, inputs) {
    const fresh: (GivenFeedback & { at: Date })[] = [];
    const given = new Set<string>();
    const outcomes = inputs.map((input) => {
      const { sessionId, userId, rating, note } = input;
      const name = `${sessionId} ${userId}`;
      const row = seen.get(name);
      if (elsewhere.has(userId)) return 'locked' as const;
      if (!row) return { error: new FoyerError('session.not_found') };
      if (row.given || given.has(name)) return { error: new FoyerError('session.feedback_given') };
      if (!row.ripe) return { error: new FoyerError('session.bad_transition') };
      given.add(name);
      fresh.push({ ...input, at: row.now });
      return { ok: { sessionId, rating, note, createdAt: row.now.toISOString() } };
    });
    const values = [
      fresh.map(({ sessionId }) => sessionId),
      fresh.map(({ userId }) => userId),
      fresh.map(({ rating }) => rating),
      fresh.map(({ note }) => note),
      fresh.map(({ at }) => at),
    ];
    return {
      outcomes,
      writes: fresh.length > 0 ? [{ statement: insertFeedback, values }] : [],
      effects: fresh.map(({ userId, at, ...given }) => ({
        ...{ userId, ...given, createdAt: at.toISOString() },
      })),
    };
  },
};
