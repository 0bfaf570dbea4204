import fc from 'fast-check';
import type { EventType } from '../../../contract/tickets/ticket.ts';
import type { EntryFacts, LogEntry } from '../../../db/tickets/log/log-entry.ts';
import { compareOrder, effectiveAt, placeBehind } from '../../../db/tickets/tickets/order.ts';

/*
 * A small queue that writes a legal log, and notes by itself who was called out of the order of arrival.
 * Times are in microseconds.
 */

export const BOOST_SECONDS = 600;
export const SECOND = 1_000_000;
const START = Date.UTC(2026, 0, 5, 8) * 1_000;
const OPERATIONS = [
  'create',
  'create',
  'create',
  'appointment',
  'call',
  'call',
  'call',
  'direct',
  'skip',
  'reserve',
  'return',
  'reopen',
  'postpone',
  'away',
  'back',
  'cancel',
  'complete',
  'noShow',
  'leave',
  'join',
  'lose',
  'arriveLate',
] as const;
const PLAIN = ['create', 'call', 'reserve', 'cancel', 'complete'] as const;
type Operation = (typeof OPERATIONS)[number];

export interface Step {
  operation: Operation;
  /** Which of the tickets that the operation can apply to, and a number that it needs. */
  pick: number;
  number: number;
  priority: number;
  seconds: number;
}

export interface ModelTicket {
  id: string;
  code: string;
  createdAt: number;
  arrival: number;
  scheduledAt: number | null;
  priority: number;
  effectiveAt: number;
  state: 'waiting' | 'called' | 'ended' | 'elsewhere';
  awayUntil: number;
  isExpected: boolean;
  /** What was called before it although it came later: code to time. */
  overtakenBy: Map<string, string>;
}

const stepsOf = (operations: readonly Operation[]): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      operation: fc.constantFrom(...operations),
      pick: fc.nat(20),
      number: fc.nat(5),
      priority: operations === PLAIN ? fc.constant(0) : fc.integer({ min: 0, max: 3 }),
      seconds: fc.nat(600),
    }),
    { minLength: 5, maxLength: 60 },
  );
export const steps = stepsOf(OPERATIONS);
export const plainSteps = stepsOf(PLAIN);

/** The log of these steps, and the tickets as the model has them in the end. */
export function write(list: readonly Step[]): { log: LogEntry[]; tickets: ModelTicket[] } {
  const log: LogEntry[] = [];
  const tickets: ModelTicket[] = [];
  let now = START;

  const append = (type: EventType, ticket: ModelTicket, facts: EntryFacts = {}) => {
    const at = new Date(now / 1_000);
    log.push({
      seq: log.length + 1,
      type,
      at,
      ticketId: ticket.id,
      counterId: null,
      code: ticket.code,
      facts,
    });
  };
  const inState = (state: ModelTicket['state']) =>
    tickets.filter((ticket) => ticket.state === state).sort(compareOrder);
  const isCallable = (ticket: ModelTicket) =>
    ticket.awayUntil <= now && !ticket.isExpected && (ticket.scheduledAt ?? now) <= now;
  const chosen = (state: ModelTicket['state'], pick: number) => {
    const found = inState(state);
    return found[pick % Math.max(1, found.length)];
  };
  const add = (
    createdAt: number,
    scheduledAt: number | null,
    priority: number,
    mustArrive = false,
  ) => {
    const ticket: ModelTicket = {
      id: String(tickets.length + 1),
      code: `A${tickets.length + 1}`,
      createdAt,
      scheduledAt,
      priority,
      arrival: Math.max(createdAt, scheduledAt ?? createdAt),
      effectiveAt: effectiveAt({ createdAt, scheduledAt, priority }, BOOST_SECONDS),
      state: 'waiting',
      awayUntil: 0,
      isExpected: mustArrive,
      overtakenBy: new Map(),
    };
    tickets.push(ticket);
    return ticket;
  };
  const arrivalFacts = ({
    effectiveAt: place,
    createdAt,
    priority,
    scheduledAt,
    isExpected,
  }: ModelTicket) => ({
    effectiveAt: place,
    createdAt,
    priority,
    scheduledAt,
    ...(isExpected ? { requiresArrival: true } : {}),
  });
  const call = (ticket: ModelTicket | undefined, type: EventType, direct?: boolean) => {
    if (!ticket) return;
    for (const other of inState('waiting')) {
      const isLater = ticket.arrival - other.arrival || Number(ticket.id) - Number(other.id);
      if (other !== ticket && isLater > 0 && !other.overtakenBy.has(ticket.code))
        other.overtakenBy.set(ticket.code, new Date(now / 1_000).toISOString());
    }
    ticket.state = 'called';
    ticket.awayUntil = 0;
    const facts = direct === undefined ? {} : { direct };
    append(type, ticket, { effectiveAt: ticket.effectiveAt, ...facts });
  };
  const moveTo = (ticket: ModelTicket, behind: number, type: EventType, facts: EntryFacts = {}) => {
    const others = inState('waiting').filter((other) => other !== ticket);
    ticket.effectiveAt = placeBehind(others, behind, now, ticket.id);
    ticket.state = 'waiting';
    append(type, ticket, { effectiveAt: ticket.effectiveAt, ...facts });
  };

  const apply = ({ operation, pick, number, priority }: Step) => {
    const waiting = chosen('waiting', pick);
    const called = chosen('called', pick);
    const callable = inState('waiting').filter(isCallable);
    if (operation === 'create') {
      const ticket = add(now, null, priority);
      append('created', ticket, arrivalFacts(ticket));
    } else if (operation === 'appointment') {
      const ticket = add(now, now + (number - 2) * 300 * SECOND, priority, pick % 2 === 0);
      append('created', ticket, arrivalFacts(ticket));
    } else if (operation === 'join') {
      const ticket = add(now - number * 300 * SECOND, null, priority);
      append('transferred', ticket, arrivalFacts(ticket));
    } else if (operation === 'call') call(callable[0], 'called', false);
    else if (operation === 'reserve') call(callable[0], 'reserved');
    else if (operation === 'skip') call(callable[1], 'called', false);
    else if (operation === 'direct') call(waiting, 'called', true);
    else if (operation === 'return' && called) moveTo(called, number, 'returned');
    else if (operation === 'noShow' && called)
      moveTo(called, number, 'no_show', { requeued: true });
    else if (operation === 'reopen') {
      const ended = chosen('ended', pick);
      if (ended) moveTo(ended, number, 'reopened');
    } else if (operation === 'postpone' && waiting)
      moveTo(waiting, inState('waiting').indexOf(waiting) + number, 'postponed');
    else if (operation === 'away' && waiting) {
      waiting.awayUntil = now + number * 120 * SECOND;
      append('away', waiting, { untilMs: waiting.awayUntil / 1_000 });
    } else if (operation === 'back' && waiting) {
      waiting.awayUntil = 0;
      append('back', waiting);
    } else if (operation === 'lose' && called) {
      called.state = 'waiting';
      append('returned', called, { effectiveAt: called.effectiveAt });
    } else if (operation === 'arriveLate' && waiting?.isExpected) {
      waiting.isExpected = false;
      const isLate = now > (waiting.scheduledAt ?? now);
      const place = effectiveAt({ ...waiting, createdAt: now, scheduledAt: null }, BOOST_SECONDS);
      if (isLate && place > waiting.effectiveAt) {
        waiting.effectiveAt = place;
        waiting.arrival = Math.max(waiting.arrival, now);
      }
      append('arrived', waiting, { effectiveAt: waiting.effectiveAt });
    } else if (operation === 'cancel' && waiting) end(waiting, 'cancelled', 'ended');
    else if (operation === 'leave' && waiting) end(waiting, 'transferred', 'elsewhere');
    else if (operation === 'complete' && called) end(called, 'completed', 'ended');
  };
  const end = (ticket: ModelTicket, type: EventType, state: ModelTicket['state']) => {
    ticket.state = state;
    append(type, ticket);
  };

  for (const step of list) {
    now += step.seconds * SECOND;
    apply(step);
  }
  return { log, tickets };
}
