import type { StorageDomain } from '../define.ts';

const archived = 'tickets.archive-tickets';

/** How long the rows of tickets stay, and what ends their streams. */
export const storage: StorageDomain = {
  tables: [
    { table: 'queues', keep: 'always', why: 'set up by staff, at most a thousand' },
    { table: 'counters', keep: 'always', why: 'set up by staff, at most two thousand' },
    { table: 'counter_queues', keep: 'with', parent: 'counters', why: 'part of the counter' },
    {
      table: 'counter_states',
      keep: 'job',
      job: archived,
      why: 'as old as the log, for the analytics (TICKET_EVENT_DAYS)',
    },
    {
      table: 'tickets',
      keep: 'job',
      job: archived,
      why: 'a finished ticket moves to the history (TICKET_ARCHIVE_HOURS)',
    },
    {
      table: 'ticket_events',
      keep: 'job',
      job: archived,
      why: 'a log is kept for TICKET_EVENT_DAYS, and until it is in its stream',
    },
    {
      table: 'ticket_notes',
      keep: 'job',
      job: archived,
      why: 'free text is deleted early (TICKET_PERSONAL_DAYS)',
    },
    {
      table: 'ticket_history',
      keep: 'job',
      job: archived,
      why: 'as old as the log; names end early (TICKET_PERSONAL_DAYS)',
    },
    { table: 'lease_checks', keep: 'always', why: 'one row' },
    { table: 'log_positions', keep: 'always', why: 'one row for each queue with a stream' },
  ],
  redisKeys: [{ pattern: 'tickets:{*}:events', ends: 'fixed', by: 'MAXLEN; one for each queue' }],
};
