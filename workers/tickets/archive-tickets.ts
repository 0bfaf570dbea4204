import { archiveTickets as archive } from '../../db/tickets/history/archive.ts';
import { endPersonalData } from '../../db/tickets/history/personal-data.ts';
import { pruneTickets } from '../../db/tickets/history/prune.ts';
import type { archiveTickets as job } from '../../jobs/tickets.ts';
import type { Processor } from '../deps.ts';

/** Moves finished tickets to the history, removes names and notes in time, and then what is too old. */
export const archiveTickets: Processor<typeof job> = async (_, { db, config, report }) => {
  const { moved, blanked } = await archive(db, {
    archiveHours: config.TICKET_ARCHIVE_HOURS,
    personalDays: config.TICKET_PERSONAL_DAYS,
  });
  const personal = await endPersonalData(db, config.TICKET_PERSONAL_DAYS);
  const { events, history, counterStates } = await pruneTickets(db, config.TICKET_EVENT_DAYS);
  report(
    `${moved} tickets archived, ${blanked + personal.blanked} names and ${personal.notes} notes removed, ` +
      `${events} events, ${history} archived tickets and ${counterStates} counter states deleted`,
    moved,
  );
};
