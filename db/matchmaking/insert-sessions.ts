import { rowsOf, type Trx } from '../knex.ts';
import type { Plan } from './create-sessions.ts';
import { REQUEST_COLUMNS, type RequestRow } from './request-row.ts';

/**
 * Write planned sessions with their participants and first events, and mark both requests matched.
 * Whoever practises is the polite peer. Returns the requests in their new version.
 */
export async function insertSessions(
  trx: Trx,
  pool: string,
  plans: readonly Plan[],
  connectSeconds: number,
): Promise<RequestRow[]> {
  if (plans.length === 0) return [];
  const ids = plans.map(({ claim }) => claim.sessionId);
  const practising = plans.map(({ pairing }) => pairing.practiceUserId);
  const natives = plans.map(({ pairing }) => pairing.nativeUserId);
  await trx.raw(
    `insert into sessions
       (id, pool, state, language, practice_user_id, native_user_id, created_at, connect_by)
     select x.id, ?, 'matched', x.language, x.practice, x.native, now(),
            now() + make_interval(secs => ?)
       from unnest(?::uuid[], ?::text[], ?::uuid[], ?::uuid[])
            as x (id, language, practice, native)`,
    [pool, connectSeconds, ids, plans.map(({ pairing }) => pairing.language), practising, natives],
  );
  await trx.raw(
    `insert into session_participants (session_id, user_id, role, polite)
     select x.id, side.user_id, side.role, side.role = 'practice'
       from unnest(?::uuid[], ?::uuid[], ?::uuid[]) as x (id, practice, native)
      cross join lateral (values (x.practice, 'practice'), (x.native, 'native'))
            as side (user_id, role)`,
    [ids, practising, natives],
  );
  await trx.raw(
    `insert into session_events (session_id, seq, type)
     select x.id, 1, 'matched' from unnest(?::uuid[]) as x (id)`,
    [ids],
  );
  return rowsOf<RequestRow>(
    trx.raw(
      `update match_requests r
          set state = 'matched', session_id = x.session_id, version = r.version + 1,
              changed_at = now()
         from unnest(?::uuid[], ?::uuid[]) as x (id, session_id)
        where r.id = x.id and r.state = 'waiting'
      returning ${REQUEST_COLUMNS}`,
      [
        plans.flatMap(({ claim }) => [claim.first.requestId, claim.second.requestId]),
        ids.flatMap((id) => [id, id]),
      ],
    ),
  );
}
