import type { Report } from '../../contract/accounts.ts';
import type { DomainEvent } from '../../db/events/domain-event.ts';

/** The event of each new report. */
export const reportEvents = (reports: readonly Report[]): DomainEvent[] =>
  reports.map((report) => ({
    type: 'report.created',
    subject: `report:${report.id}`,
    data: () => report,
  }));
