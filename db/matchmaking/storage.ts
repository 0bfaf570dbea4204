import { bounds } from '../../config.ts';
import type { StorageDomain } from '../define.ts';
import { matchmakingAbsences } from './absence.ts';

const { matchRequestDays, sessionDays } = bounds.retention;

/** The tables and keys of matchmaking. */
export const storage: StorageDomain = {
  absences: matchmakingAbsences,
  tables: [
    { table: 'languages', keep: 'always', why: 'the languages of ISO 639-1' },
    {
      table: 'match_requests',
      keep: 'rows',
      expired: `match_requests.joined_at < now() - interval '${matchRequestDays} days'
        and match_requests.state in ('matched', 'cancelled', 'expired')
        and coalesce((select s.ended_at is not null from sessions s
                       where s.id = match_requests.session_id limit 1), true)`,
      orderBy: 'joined_at',
      key: 'id',
      why: 'a request of the past explains a session for a while',
    },
    {
      table: 'sessions',
      keep: 'rows',
      expired: `sessions.ended_at < now() - interval '${sessionDays} days'`,
      orderBy: 'ended_at',
      key: 'id',
      children: [{ table: 'session_events', column: 'session_id' }],
      why: 'what people can look back on',
    },
    { table: 'session_participants', keep: 'with', parent: 'sessions', why: 'part of the session' },
    { table: 'session_events', keep: 'with', parent: 'sessions', why: 'part of the session' },
    { table: 'session_feedback', keep: 'with', parent: 'sessions', why: 'part of the session' },
  ],
  redisKeys: [
    { pattern: 'mm:pools', ends: 'members', by: 'forgetPool, when nobody waits in a pool' },
    { pattern: '{mm:*}:waits:*', ends: 'ttl', by: 'an hour after the last match' },
    { pattern: '{mm:*}:marker', ends: 'removed', by: 'an hour after the pool was forgotten' },
    { pattern: '{mm:*}:rebuild:*', ends: 'ttl', by: 'the rebuild, or an hour' },
    { pattern: '{mm:*}:*', ends: 'removed', by: 'the request or claim that it belongs to' },
    { pattern: '{signals:*}:*', ends: 'ttl', by: 'two minutes without a signal' },
  ],
};
