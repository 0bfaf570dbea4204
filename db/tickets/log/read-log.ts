import type { LoggedEvent, LoggedTicket, LoggedType } from '../../../contract/tickets.ts';
import { type Db, prepared, rowsOf } from '../../knex.ts';
import type { Reader } from '../tickets/render-ticket.ts';

interface EventRow {
  queueId: string;
  seq: number;
  type: string;
  at: Date;
  /** JSON, as it was pushed. */
  ticket: string;
  note: string | null;
}

const COLUMNS = `e.queue_id::text as "queueId", e.seq::float8 as seq, e.type, e.at, e.ticket`;

const eventOf = ({ queueId, seq, type, at, ticket }: Omit<EventRow, 'note'>): LoggedEvent => ({
  ...{ queueId, seq, type: `ticket.${type}` as LoggedType, at: at.toISOString() },
  ticket: JSON.parse(ticket) as LoggedTicket,
});

interface Page {
  afterSeq: number;
  limit: number;
  /** The head of the log when it was asked for. */
  headSeq: number;
}

/** A page of a queue's log, in order and without gaps. `firstSeq` is the oldest one that is kept. */
export async function listQueueEvents(db: Db, queueId: string, { afterSeq, limit, headSeq }: Page) {
  const [rows, [first]] = await Promise.all([
    rowsOf<EventRow>(
      prepared(
        db,
        `select ${COLUMNS} from ticket_events e
          where e.queue_id = ?::bigint and e.seq > ?::bigint order by e.seq limit ?::int`,
        [queueId, afterSeq, limit],
      ),
    ),
    rowsOf<{ seq: number }>(
      prepared(
        db,
        `select e.seq::float8 as seq from ticket_events e
          where e.queue_id = ?::bigint order by e.seq limit 1`,
        [queueId],
      ),
    ),
  ]);
  const items = rows.map(eventOf);
  const last = items.at(-1)?.seq ?? 0;
  return { items, firstSeq: first?.seq ?? headSeq + 1, headSeq: Math.max(headSeq, last) };
}

/** Events of one ticket in an answer: its newest ones. */
const MAX_OF_TICKET = 1_000;

/** The newest events of one ticket in its order; a transfer once, as the queue that it went to has it. Notes and displays are for staff. */
export async function listTicketEvents(db: Db, ticketId: string, reader: Reader) {
  const rows = await rowsOf<EventRow>(
    prepared(
      db,
      `select distinct on (e.version) ${COLUMNS}, n.note
         from ticket_events e
         left join ticket_notes n on n.ticket_id = e.ticket_id and n.version = e.version
        where e.ticket_id = ?::bigint
        order by e.version desc, (e.ticket::jsonb ->> 'queueId')::bigint = e.queue_id desc
        limit ${MAX_OF_TICKET}`,
      [ticketId],
    ),
  );
  return rows.reverse().map(({ note, ...row }) => {
    const event = eventOf(row);
    if (reader === 'staff') return { ...event, ...(note === null ? {} : { note }) };
    const { shown: _shown, ...ticket } = event.ticket;
    return { ...event, ticket };
  });
}
