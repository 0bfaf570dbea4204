import type { Names } from '../log/logged-ticket.ts';
import type { TicketRow } from './ticket-row.ts';

/** What the history keeps of a ticket beside the columns of its person. */
export interface ArchivedTicket {
  row: Record<keyof TicketRow, string | number | null>;
  names: Names;
}

/** A row of the history. */
export interface ArchivedRow {
  ticket: ArchivedTicket;
  userId: string | null;
  customerName: string | null;
}

/** The ticket of a row of the history, as it was at its end. */
export function fromArchive({ ticket: { row, names }, userId, customerName }: ArchivedRow): {
  ticket: TicketRow;
  names: Names;
} {
  const times = Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      /(?:At|Until)$/.test(name) && typeof value === 'string' ? new Date(value) : value,
    ]),
  ) as unknown as TicketRow;
  return { ticket: { ...times, userId, customerName }, names };
}
