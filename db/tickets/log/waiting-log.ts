import type { EventType } from '../../../contract/tickets/ticket.ts';
import type { Overtake } from '../../../contract/tickets.ts';
import type { Neighbour } from '../tickets/order.ts';
import type { LogEntry } from './log-entry.ts';

/** A ticket as the log has it so far. Times are in microseconds. */
export interface LoggedPlace extends Neighbour {
  isWaiting: boolean;
  /** When it came; an appointment comes at its time, or when its person arrives after that. */
  arrival: number;
  /** Its place before anybody moved it. */
  natural: number;
  /** How far its priority places it before its arrival or appointment. */
  lead: number;
  cameByTransfer: boolean;
  /** What last moved it forward and backward. */
  forward: Overtake['reason'];
  backward: Overtake['reason'];
  /** Its person is away (ms since 1970), or has not arrived for an appointment. */
  awayUntilMs: number;
  isExpected: boolean;
}

const CALLS: ReadonlySet<EventType> = new Set(['called', 'reserved', 'started']);
const ENDS: ReadonlySet<EventType> = new Set(['completed', 'cancelled', 'no_show', 'transferred']);
const MICROS_PER_MS = 1_000;

/** Whether an entry takes a ticket that waits to a counter or a worker. */
export const isCall = ({ type }: LogEntry, place: LoggedPlace | undefined): place is LoggedPlace =>
  CALLS.has(type) && place?.isWaiting === true;

/** The ticket after this entry. `place` is what the entries before it made of it, and is changed. */
export function applyEntry(
  entry: LogEntry,
  place: LoggedPlace | undefined,
): LoggedPlace | undefined {
  const { type, facts } = entry;
  if (type === 'created' || (type === 'transferred' && facts.effectiveAt !== undefined))
    return arrive(entry);
  if (!place) return undefined;
  if (type === 'away') place.awayUntilMs = facts.untilMs ?? Number.POSITIVE_INFINITY;
  if (type === 'back' || type === 'arrived' || CALLS.has(type)) place.awayUntilMs = 0;
  if (type === 'arrived') arriveLate(entry, place);
  if (CALLS.has(type)) place.isWaiting = false;
  else if (facts.effectiveAt !== undefined) move(entry, place, facts.effectiveAt);
  else if (ENDS.has(type)) place.isWaiting = false;
  return place;
}

function arrive({ ticketId, type, at, facts }: LogEntry): LoggedPlace {
  const createdAt = facts.createdAt ?? at.getTime() * MICROS_PER_MS;
  const effectiveAt = facts.effectiveAt ?? createdAt;
  return {
    id: ticketId,
    effectiveAt,
    isWaiting: true,
    arrival: Math.max(createdAt, facts.scheduledAt ?? createdAt),
    natural: effectiveAt,
    lead: (facts.scheduledAt ?? createdAt) - effectiveAt,
    cameByTransfer: type === 'transferred',
    forward: 'returned',
    backward: 'returned',
    awayUntilMs: 0,
    isExpected: facts.requiresArrival === true,
  };
}

/** An appointment that arrives after its time stands from its arrival. */
function arriveLate({ facts }: LogEntry, place: LoggedPlace): void {
  place.isExpected = false;
  if (facts.effectiveAt === undefined || facts.effectiveAt <= place.effectiveAt) return;
  place.arrival = Math.max(place.arrival, facts.effectiveAt + place.lead);
  place.natural = facts.effectiveAt;
  place.effectiveAt = facts.effectiveAt;
}

function move({ type }: LogEntry, place: LoggedPlace, effectiveAt: number): void {
  // A no-show that is put back, and a ticket whose counter is lost, are returned by a rule and not by staff.
  const reason = type === 'postponed' || type === 'reopened' ? type : 'returned';
  if (effectiveAt < place.effectiveAt) place.forward = reason;
  if (effectiveAt > place.effectiveAt) place.backward = reason;
  place.effectiveAt = effectiveAt;
  place.isWaiting = true;
}
