import type { EventType, WaitEstimate } from '../../../contract/tickets/ticket.ts';
import type { Place } from '../../../contract/tickets/verbs.ts';

/**
 * What an entry keeps besides its ticket, so that the log alone explains the order of calls. Times are in
 * microseconds since 1970 where nothing else is said.
 */
export interface EntryFacts {
  /** The place in the order: of a call, and of each entry that leaves the ticket waiting, except away and back. */
  effectiveAt?: number;
  /** Of `created`, and of `transferred` in the queue that it came to. */
  createdAt?: number;
  priority?: number;
  scheduledAt?: number | null;
  /** The same, of an appointment that is callable only after `arrived`. */
  requiresArrival?: boolean;
  /** Of `created`. */
  promised?: WaitEstimate | null;
  /** Of `called`: true if staff chose this ticket, false if it was the next one. */
  direct?: boolean;
  /** Of `away`, in milliseconds. */
  untilMs?: number;
  /** Of `no_show`: the ticket waits again. */
  requeued?: boolean;
  /** Of `no_show`: who showed the call: displays, and the owner's page. */
  shown?: { displays: number; ownerAt: Date | null };
  /** Of `progressed`. */
  percent?: number;
  /** Of what nobody asked for: why. */
  reason?: 'counter_lost' | 'lease_over' | 'end_of_day';
  /** Of `returned` and `reopened`: the place that was named. */
  place?: Place;
  /** Of `postponed`: the number of people who go first. */
  after?: number;
}

/** One entry of the log of a queue, as overtakes and analytics read it. */
export interface LogEntry {
  seq: number;
  type: EventType;
  at: Date;
  ticketId: string;
  counterId: string | null;
  code: string;
  facts: EntryFacts;
}
