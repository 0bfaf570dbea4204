/** The values of the statements of a report. */
export interface ReportScope extends Record<string, string | number | Date | Date[]> {
  queueId: string;
  from: Date;
  to: Date;
  /** Nothing lasts longer than until now. */
  now: Date;
  starts: Date[];
  target: number;
  /** Of the rows of one statement. */
  limit: number;
}
