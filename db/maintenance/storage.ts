import { bounds } from '../../config.ts';
import type { StorageDomain } from '../define.ts';

/** The tables and keys that belong to no domain. */
export const storage: StorageDomain = {
  tables: [
    { table: 'knex_migrations', keep: 'always', why: 'one row a migration' },
    { table: 'knex_migrations_lock', keep: 'always', why: 'one row' },
    {
      table: 'idempotency_answers',
      keep: 'partitions',
      column: 'created_at',
      hours: bounds.idempotencyKeyHours,
      why: 'a key answers for a day',
    },
    {
      table: 'idempotency_keys',
      keep: 'job',
      job: 'accounts.purge-expired',
      why: 'keys of the release before; it fills no more',
    },
  ],
  redisKeys: [
    { pattern: '{fleet}:epoch', ends: 'ttl', by: 'ten seconds after the last process' },
    { pattern: '{fleet}:instances', ends: 'members', by: 'the reaper, after a lease ran out' },
    { pattern: '{fleet}:of:*', ends: 'removed', by: 'the reaper, with the instance' },
    { pattern: '{fleet}:where', ends: 'members', by: 'the last socket of a user, or the reaper' },
    { pattern: '{fleet}:absent:*', ends: 'members', by: 'a user coming back, or a day' },
    { pattern: 'maintenance:sweeps', ends: 'fixed', by: 'one field a sweep' },
    { pattern: '{bull:*}:*', ends: 'removed', by: 'retention of finished jobs, by age and number' },
  ],
};
