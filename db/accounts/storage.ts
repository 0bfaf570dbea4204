import { bounds } from '../../config.ts';
import type { StorageDomain } from '../define.ts';

const { auditDays, closedReportDays, unusedGuestDays } = bounds.retention;

/** A guest who cannot come back, and to whose row nothing refers any more. */
const UNUSED_GUEST = `
  users.role = 'guest' and users.created_at < now() - interval '${unusedGuestDays} days'
  and (select true from refresh_tokens t
        where t.user_id = users.id and t.expires_at > now() limit 1) is null
  and (select true from match_requests r where r.user_id = users.id limit 1) is null
  and (select true from session_participants p where p.user_id = users.id limit 1) is null
  and (select true from session_feedback f where f.user_id = users.id limit 1) is null
  and (select true from reports r where r.user_id = users.id limit 1) is null
  and (select true from reports r where r.reporter_id = users.id limit 1) is null
  and (select true from reports r where r.closed_by = users.id limit 1) is null
  and (select true from tickets t
        where t.user_id = users.id and t.state in ('waiting', 'called', 'processing', 'held')
        limit 1) is null`;

/** The tables and keys of accounts. */
export const storage: StorageDomain = {
  tables: [
    {
      table: 'users',
      keep: 'rows',
      expired: UNUSED_GUEST,
      orderBy: 'created_at',
      key: 'id',
      why: 'registered accounts stay until their owner deletes them; guests end unused',
    },
    {
      table: 'refresh_tokens',
      keep: 'job',
      job: 'accounts.purge-expired',
      why: 'kept until they expire, so that a reuse is recognised',
    },
    { table: 'blocks', keep: 'with', parent: 'users', why: 'bounded by account' },
    {
      table: 'audit_log',
      keep: 'rows',
      expired: `audit_log.at < now() - interval '${auditDays} days'`,
      orderBy: 'at',
      key: 'id',
      why: 'what operators did, for a year and a month',
    },
    {
      table: 'admin_sessions',
      keep: 'rows',
      expired: `admin_sessions.created_at < now() - interval '${bounds.adminSessionHours} hours'`,
      orderBy: 'created_at',
      key: 'id',
      why: 'a session that is over opens nothing',
    },
    {
      table: 'reports',
      keep: 'rows',
      expired: `reports.state = 'closed' and reports.closed_at < now() - interval '${closedReportDays} days'`,
      orderBy: 'closed_at',
      key: 'id',
      why: 'open reports wait for staff; closed ones stay for repeat offenders',
    },
  ],
  redisKeys: [{ pattern: 'limit:*', ends: 'ttl', by: 'the window of the limit' }],
};
