import { prepared, rowsOf, type Trx } from '../../knex.ts';
import { REQUEST_COLUMNS, type RequestRow } from '../requests/request-row.ts';
import type { Plan } from './decide-claims.ts';
import type { ParticipantRow, SessionView } from './session-row.ts';

interface Planned {
  pool: string;
  plans: readonly Plan[];
  connectSeconds: number;
  /** 0: no accept step. Else the requests are held, and the time to connect begins after it. */
  acceptSeconds: number;
  /** Names by user id. */
  people: ReadonlyMap<string, string>;
}
type Matched = RequestRow & { at: Date; accept_by: Date | null; connect_by: Date | null };

/**
 * Write planned sessions with their participants and first events, and mark both requests matched (held,
 * when an accept step is on), in one statement. Whoever practises is the polite peer.
 */
export async function insertSessions(
  trx: Trx,
  { pool, plans, connectSeconds, acceptSeconds, people }: Planned,
): Promise<{ requests: RequestRow[]; sessions: SessionView[] }> {
  if (plans.length === 0) return { requests: [], sessions: [] };
  const rows = await rowsOf<Matched>(
    prepared(
      trx,
      `with planned as (
         select * from unnest(:ids::uuid[], :languages::text[], :practice::uuid[], :native::uuid[],
                              :first::uuid[], :second::uuid[])
                  as x (id, language, practice, native, first, second)
       ), made as (
         insert into sessions
           (id, pool, state, language, practice_user_id, native_user_id, created_at, accept_by,
            connect_by)
         select id, :pool, 'matched', language, practice, native, now(),
                now() + make_interval(secs => :accept), now() + make_interval(secs => :connect)
           from planned
       ), seated as (
         insert into session_participants (session_id, user_id, role, polite)
         select p.id, side.user_id, side.role, side.role = 'practice'
           from planned p
          cross join lateral (values (p.practice, 'practice'), (p.native, 'native'))
                as side (user_id, role)
       ), noted as (
         insert into session_events (session_id, seq, type) select id, 1, 'matched' from planned
       )
       update match_requests r
          set state = :state, session_id = x.session_id, version = r.version + 1,
              changed_at = now()
         from (select first, id from planned union all select second, id from planned)
              as x (request_id, session_id)
        where r.id = any(:first::uuid[] || :second::uuid[]) and r.id = x.request_id
          and r.state = 'waiting'
      returning ${REQUEST_COLUMNS}, now() as at,
                now() + make_interval(secs => :accept) as accept_by,
                now() + make_interval(secs => :connect) as connect_by`,
      {
        pool,
        state: acceptSeconds > 0 ? 'held' : 'matched',
        // An interval of null seconds is none, and so is the deadline.
        accept: acceptSeconds > 0 ? acceptSeconds : null,
        connect: acceptSeconds > 0 ? null : connectSeconds,
        ids: plans.map(({ claim }) => claim.sessionId),
        languages: plans.map(({ pairing }) => pairing.language),
        practice: plans.map(({ pairing }) => pairing.practiceUserId),
        native: plans.map(({ pairing }) => pairing.nativeUserId),
        first: plans.map(({ claim }) => claim.first.requestId),
        second: plans.map(({ claim }) => claim.second.requestId),
      },
    ),
  );
  const [time] = rows;
  if (!time) throw new Error('the requests of a planned session have vanished under their locks');
  return {
    requests: rows.map(({ at: _, accept_by: __, connect_by: ___, ...request }) => request),
    sessions: plans.map((plan) => viewOf(plan, { pool, people, time })),
  };
}

function viewOf(
  { claim, pairing }: Plan,
  { pool, people, time }: Pick<Planned, 'pool' | 'people'> & { time: Matched },
): SessionView {
  const side = (userId: string, role: ParticipantRow['role']): ParticipantRow => ({
    userId,
    displayName: people.get(userId) ?? '',
    role,
    polite: role === 'practice',
    acceptedAt: null,
    connectedAt: null,
    leftAt: null,
    live: true,
  });
  const { language, practiceUserId, nativeUserId } = pairing;
  return {
    id: claim.sessionId,
    pool,
    state: 'matched',
    language,
    practiceUserId,
    nativeUserId,
    createdAt: time.at,
    acceptBy: time.accept_by,
    connectBy: time.connect_by,
    activeAt: null,
    endsAt: null,
    warnedAt: null,
    endedAt: null,
    endReason: null,
    version: 1,
    sides: [side(practiceUserId, 'practice'), side(nativeUserId, 'native')],
  };
}
