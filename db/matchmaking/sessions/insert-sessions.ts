import { defineStatement, type Write } from '../../write/statement.ts';
import type { RequestRow } from '../requests/request-row.ts';
import type { ClaimedRow } from './claimed-row.ts';
import type { Plan } from './decide-claims.ts';
import type { ParticipantRow, SessionView } from './session-row.ts';

interface Planned {
  pool: string;
  connectSeconds: number;
  /** 0: no accept step. Else the requests are held, and the time to connect begins after it. */
  acceptSeconds: number;
  /** Names by user id. */
  people: ReadonlyMap<string, string>;
  /** As they were read under the locks. */
  requests: ReadonlyMap<string, ClaimedRow>;
}
interface Times {
  at: Date;
  acceptBy: Date | null;
  connectBy: Date | null;
}

/**
 * Sessions with their participants and first events, and both requests matched, in one statement. The
 * division by zero refuses half a match: requests that vanished under their locks would leave one.
 */
const statement = defineStatement(
  `with planned as (
     select * from unnest($2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[])
              as x (id, language, practice, native, first, second)
   ), made as (
     insert into sessions
       (id, pool, state, language, practice_user_id, native_user_id, created_at, accept_by,
        connect_by)
     select id, $1, 'matched', language, practice, native, $9::timestamptz, $10::timestamptz,
            $11::timestamptz
       from planned
   ), seated as (
     insert into session_participants (session_id, user_id, role, polite)
     select p.id, side.user_id, side.role, side.role = 'practice'
       from planned p
      cross join lateral (values (p.practice, 'practice'), (p.native, 'native'))
            as side (user_id, role)
   ), noted as (
     insert into session_events (session_id, seq, type) select id, 1, 'matched' from planned
   ), changed as (
     update match_requests r
        set state = $8, session_id = x.session_id, version = r.version + 1, changed_at = now()
       from (select first, id from planned union all select second, id from planned)
            as x (request_id, session_id)
      where r.id = any($6::uuid[] || $7::uuid[]) and r.id = x.request_id
        and r.state = 'waiting'
     returning 1
   )
   select 1 / (count(*) = 2 * cardinality($2::uuid[]))::int from changed`,
);

/**
 * Planned sessions as one write, and as what they will be: nothing that is written is read back.
 * The person who practises is the polite peer.
 */
export function insertSessions(
  plans: readonly Plan[],
  planned: Planned,
): { writes: Write[]; requests: RequestRow[]; sessions: SessionView[] } {
  const { pool, acceptSeconds, connectSeconds, requests } = planned;
  const first = plans[0] && requests.get(plans[0].claim.first.requestId);
  if (!first) return { writes: [], requests: [], sessions: [] };
  const after = (seconds: number) => new Date(first.at.getTime() + seconds * 1000);
  const times: Times = {
    at: first.at,
    acceptBy: acceptSeconds > 0 ? after(acceptSeconds) : null,
    connectBy: acceptSeconds > 0 ? null : after(connectSeconds),
  };
  const state = acceptSeconds > 0 ? ('held' as const) : ('matched' as const);
  const values = [
    pool,
    plans.map(({ claim }) => claim.sessionId),
    plans.map(({ pairing }) => pairing.language),
    plans.map(({ pairing }) => pairing.practiceUserId),
    plans.map(({ pairing }) => pairing.nativeUserId),
    plans.map(({ claim }) => claim.first.requestId),
    plans.map(({ claim }) => claim.second.requestId),
    state,
    times.at,
    times.acceptBy,
    times.connectBy,
  ];
  const changed = plans.flatMap(({ claim }) =>
    [claim.first, claim.second].flatMap(({ requestId }): RequestRow[] => {
      const found = requests.get(requestId);
      if (!found) return [];
      const { at: _, busy: __, ...row } = found;
      return [{ ...row, state, session_id: claim.sessionId, version: row.version + 1 }];
    }),
  );
  return {
    writes: [{ statement, values }],
    requests: changed,
    sessions: plans.map((plan) => viewOf(plan, planned, times)),
  };
}

function viewOf(
  { claim, pairing }: Plan,
  { pool, people }: Pick<Planned, 'pool' | 'people'>,
  times: Times,
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
    createdAt: times.at,
    acceptBy: times.acceptBy,
    connectBy: times.connectBy,
    activeAt: null,
    endsAt: null,
    warnedAt: null,
    endedAt: null,
    endReason: null,
    version: 1,
    sides: [side(practiceUserId, 'practice'), side(nativeUserId, 'native')],
  };
}
