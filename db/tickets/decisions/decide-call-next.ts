import { FoyerError } from '../../../contract/errors.ts';
import type { CounterRow } from '../counters/counter-row.ts';
import { compareOrder } from '../tickets/order.ts';
import type { TicketRow } from '../tickets/ticket-row.ts';
import type { TicketFacts } from '../work/facts.ts';
import type { CallNextInput, TicketOutcome } from '../work/inputs.ts';
import { changeTicket, namesOf, queueOf, renewLease, type Work } from '../work/work.ts';
import { learnWait } from './learn.ts';

/**
 * Call the next ticket of the queues of a counter. Null when nobody waits.
 * @throws {FoyerError} counter.not_found · counter.not_open · counter.busy · queue.not_found
 */
export function decideCallNext(facts: TicketFacts, input: CallNextInput): TicketOutcome | null {
  const { work } = facts;
  const { actorId } = input;
  const counter = openCounter(work, input.counterId);
  if (input.queueId !== undefined && !counter.queueIds.includes(input.queueId))
    throw new FoyerError('queue.not_found');
  renewLease(work, counter.id);
  const head = firstOf(facts, input.queueId === undefined ? counter.queueIds : [input.queueId]);
  if (!head) return null;
  let ticket = callTo(work, head, counter.id, { isDirect: false, actorId });
  if (input.start) ticket = changeTicket(work, ticket, started(work.now), startChange(actorId));
  return { ticket, names: namesOf(work, ticket), position: null };
}

/** @throws {FoyerError} counter.not_found · counter.not_open · counter.busy */
export function openCounter(work: Work, counterId: string): CounterRow {
  const counter = work.counters.get(counterId);
  if (!counter) throw new FoyerError('counter.not_found');
  if (counter.state !== 'open') throw new FoyerError('counter.not_open');
  if (counter.ticketId !== null) throw new FoyerError('counter.busy');
  return counter;
}

/** The first of these queues' tickets that waits and may be called now. */
function firstOf({ work, heads }: TicketFacts, queueIds: readonly string[]): TicketRow | undefined {
  let first: TicketRow | undefined;
  for (const queueId of queueIds)
    for (const each of heads.get(queueId) ?? []) {
      const ticket = work.tickets.get(each.id) ?? each;
      if (ticket.state !== 'waiting' || ticket.queueId !== queueId || !isCallable(ticket, work.now))
        continue;
      if (!first || compareOrder(ticket, first) < 0) first = ticket;
      break;
    }
  return first;
}

const isCallable = ({ callableAt }: TicketRow, now: Date): boolean =>
  callableAt !== null && callableAt.getTime() <= now.getTime() + CLOCK_SLACK_MS;
/** The clock moved between the read of the heads and the decision. */
const CLOCK_SLACK_MS = 1_000;

/** Call a waiting ticket to a counter. */
export function callTo(
  work: Work,
  ticket: TicketRow,
  counterId: string,
  { isDirect, actorId }: { isDirect: boolean; actorId: string | null },
): TicketRow {
  learnWait(queueOf(work, ticket.queueId), ticket, work.now);
  const patch = { state: 'called', counterId, calls: 1, calledAt: work.now } as const;
  return changeTicket(
    work,
    ticket,
    { ...patch, awayUntil: null },
    {
      type: 'called',
      facts: { direct: isDirect, effectiveAt: ticket.effectiveAt },
      actorId,
    },
  );
}

export const started = (now: Date) => ({ state: 'processing', startedAt: now }) as const;
export const startChange = (actorId: string | null) => ({ type: 'started', actorId }) as const;
