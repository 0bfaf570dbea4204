import type { TicketRow } from '../tickets/ticket-row.ts';
import type { TicketFacts } from '../work/facts.ts';
import type { Work } from '../work/work.ts';
import { unpromised } from './learn.ts';

/** What a verb sees. */
export interface VerbContext {
  facts: TicketFacts;
  ticket: TicketRow;
  actorId: string | null;
}

/** The ticket after a verb, and its position when the verb moved it. */
export interface VerbResult {
  ticket: TicketRow;
  position?: number;
}

/** The end of a ticket. It keeps its counter for the analytics. */
export const ended = (state: 'done' | 'no_show' | 'cancelled', now: Date) =>
  ({ state, finishedAt: now, leaseUntil: null, awayUntil: null }) as const;

/** Of a ticket that waits once more: it is at no counter, and its person is here. */
export const waitsAgain = ({ now }: Pick<Work, 'now'>) =>
  ({
    state: 'waiting',
    counterId: null,
    leaseUntil: null,
    calls: 0,
    calledAt: null,
    startedAt: null,
    awayUntil: null,
    callableAt: now,
    callSeq: null,
    shownDisplays: 0,
    ownerSeenAt: null,
    nearAt: null,
    ...unpromised,
  }) as const;
