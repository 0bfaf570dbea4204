import type { EventType } from '../../../contract/tickets.ts';
import type { Db } from '../../../db/knex.ts';

export interface LogFacts {
  /** Of an arrival. */
  effectiveAt?: number;
  /** Microseconds. */
  scheduledAt?: number | null;
  promised?: { p50: number; p90: number } | null;
  requeued?: boolean;
}

/** What analytics read of one entry of the log. `at` in milliseconds. */
export interface LogEntry {
  queueId: string;
  seq: number;
  ticketId: string;
  version: number;
  type: EventType;
  at: number;
  counterId: string | null;
  facts: LogFacts;
}
export interface StateEntry {
  counterId: string;
  at: number;
  state: 'open' | 'paused' | 'closed';
}

/** Write a log as it is: nothing else of the tickets exists. */
export async function writeLog(
  db: Db,
  log: readonly LogEntry[],
  states: readonly StateEntry[] = [],
): Promise<void> {
  await db.batchInsert(
    'ticket_events',
    log.map((entry) => ({
      ...{ queue_id: entry.queueId, seq: entry.seq, ticket_id: entry.ticketId },
      ...{ type: entry.type, at: new Date(entry.at), version: entry.version },
      ...{ counter_id: entry.counterId, ticket: '{}', facts: JSON.stringify(entry.facts) },
    })),
    500,
  );
  await db.batchInsert(
    'counter_states',
    states.map(({ counterId, at, state }) => ({ counter_id: counterId, at: new Date(at), state })),
    500,
  );
}

/** Read back what `writeLog` wrote, or what the server did. */
export async function readLog(db: Db): Promise<{ log: LogEntry[]; states: StateEntry[] }> {
  const rows = await db('ticket_events').orderBy(['queue_id', 'seq']);
  const states = await db('counter_states').orderBy(['counter_id', 'at']);
  return {
    log: rows.map((row) => ({
      ...{ queueId: row.queue_id, seq: Number(row.seq), ticketId: row.ticket_id },
      ...{ version: row.version, type: row.type, at: row.at.getTime() },
      ...{ counterId: row.counter_id, facts: JSON.parse(row.facts) },
    })),
    states: states.map((row) => ({
      ...{ counterId: row.counter_id, at: row.at.getTime(), state: row.state },
    })),
  };
}

/** Writes the events of tickets in one or more queues, each with the next version and seq. */
export function logBook(start: { ticketId?: number } = {}) {
  const log: LogEntry[] = [];
  const seqs = new Map<string, number>();
  const versions = new Map<string, number>();
  let ticketId = start.ticketId ?? 0;
  const add = (entry: Omit<LogEntry, 'seq'>) => {
    const seq = (seqs.get(entry.queueId) ?? 0) + 1;
    seqs.set(entry.queueId, seq);
    log.push({ ...entry, seq });
  };
  return {
    log,
    newTicket: () => {
      ticketId += 1;
      return String(ticketId);
    },
    /** A transfer stands in both logs: in the one of `to` with the new place. */
    note(
      ticket: string,
      queueId: string,
      type: EventType,
      at: number,
      {
        counterId = null,
        to,
        ...facts
      }: LogFacts & { counterId?: string | null; to?: string } = {},
    ): void {
      const version = (versions.get(ticket) ?? 0) + 1;
      versions.set(ticket, version);
      const entry = { queueId, ticketId: ticket, version, type, at, counterId };
      add({ ...entry, facts: to ? {} : facts });
      if (to) add({ ...entry, queueId: to, facts: { ...facts, effectiveAt: at * 1000 } });
    },
  };
}
