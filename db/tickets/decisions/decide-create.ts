import { FoyerError } from '../../../contract/errors.ts';
import type { EntryFacts } from '../log/log-entry.ts';
import { estimateWait } from '../queues/eta.ts';
import { openingAt } from '../queues/hours.ts';
import { serversOf } from '../queues/open-counters.ts';
import type { QueueRow } from '../queues/queue-row.ts';
import { effectiveAt } from '../tickets/order.ts';
import { callableAt } from '../tickets/ticket-machine.ts';
import type { TicketRow } from '../tickets/ticket-row.ts';
import type { Numbering, TicketFacts } from '../work/facts.ts';
import type { CreateInput, TicketOutcome } from '../work/inputs.ts';
import { addTicket, namesOf } from '../work/work.ts';

/**
 * Take a ticket. `at` is the place of the input in its batch.
 * @throws {FoyerError} queue.not_found · auth.required · queue.closed · queue.paused · queue.full ·
 * ticket.already_waiting
 */
export function decideCreate(facts: TicketFacts, input: CreateInput, at: number): TicketOutcome {
  const { work } = facts;
  const { actor } = input;
  const queue = work.queues.get(input.queueId);
  if (!queue) throw new FoyerError('queue.not_found');
  if (!queue.publicJoin && actor.userId === null) throw new FoyerError('auth.required');
  refuseClosed(queue, work.now);
  const userId = actor.isStaff ? null : actor.userId;
  const owner = `${userId} ${queue.id}`;
  if (userId !== null && facts.owners.has(owner)) throw new FoyerError('ticket.already_waiting');
  if (queue.waiting >= queue.maxWaiting) throw new FoyerError('queue.full');
  if (userId !== null) facts.owners.add(owner);

  const position = positionOf(facts, queue, input);
  const promised = promise(facts, queue, input, position);
  const ticket = newTicket(facts, queue, input, at, { userId, promised });
  addTicket(work, ticket, {
    type: 'created',
    facts: createdFacts(ticket, promised, work.nowMicros + at, queue),
    actorId: actor.isStaff ? actor.userId : null,
  });
  return { ticket, names: namesOf(work, ticket), position };
}

/** @throws {FoyerError} queue.closed, with when it opens · queue.paused */
function refuseClosed(queue: QueueRow, now: Date): void {
  const { isOpen, opensAt } = openingAt(queue.hours, queue.timezone, now);
  // What staff have closed does not open by its hours.
  const isShut = queue.state === 'closed';
  const details = { opensAt: isShut ? null : (opensAt?.toISOString() ?? null) };
  if (isShut || !isOpen) throw new FoyerError('queue.closed', { details });
  if (queue.state === 'paused') throw new FoyerError('queue.paused');
}

function newTicket(
  facts: TicketFacts,
  queue: QueueRow,
  { body }: CreateInput,
  at: number,
  { userId, promised }: { userId: string | null; promised: ReturnType<typeof estimateWait> },
): TicketRow {
  const { now, nowMicros } = facts.work;
  const id = facts.ids.shift();
  if (!id) throw new Error('no id was read for a new ticket');
  const scheduledAt = body.scheduledAt === undefined ? null : new Date(body.scheduledAt);
  const priority = body.priority ?? 0;
  const presence = { createdAt: now, scheduledAt, arrivedAt: null, awayUntil: null };
  // Those of one batch stand in the order in which they came.
  const createdAt = nowMicros + at;
  return {
    ...presence,
    id,
    queueId: queue.id,
    prefix: queue.prefix,
    number: nextNumber(facts, queue),
    state: 'waiting',
    priority,
    effectiveAt: effectiveAt(
      { createdAt, scheduledAt: scheduledAt && scheduledAt.getTime() * 1000, priority },
      queue.priorityBoostSeconds,
    ),
    callableAt: callableAt(presence, queue),
    awaySeconds: 0,
    estimatedSeconds: body.estimatedSeconds ?? null,
    notifyAhead: body.notifyAhead ?? null,
    userId,
    customerName: body.customerName ?? null,
    ...{ counterId: null, leaseUntil: null, calls: 0, requeues: 0, callSeq: null },
    ...{ shownDisplays: 0, ownerSeenAt: null, nearAt: null, overdueAt: null },
    promisedP50: promised?.p50 ?? null,
    promisedP90: promised?.p90 ?? null,
    version: 1,
    ...{ updatedAt: now, calledAt: null, startedAt: null, finishedAt: null },
  };
}

const createdFacts = (
  { effectiveAt: place, priority, scheduledAt }: TicketRow,
  promised: ReturnType<typeof estimateWait>,
  createdAt: number,
  { requireArrival }: QueueRow,
): EntryFacts => ({
  effectiveAt: place,
  createdAt,
  priority,
  scheduledAt: scheduledAt && scheduledAt.getTime() * 1000,
  ...(scheduledAt && requireArrival ? { requiresArrival: true } : {}),
  promised,
});

/** The next number of the business day that no living ticket of the queue has. */
export function nextNumber(facts: TicketFacts, queue: QueueRow): number {
  const { day, taken, highest }: Numbering = facts.numberings.get(queue.id) ?? {
    ...{ day: queue.numberDay ?? '', taken: [], highest: 0 },
  };
  let number = (queue.numberDay === day ? queue.numberLast : 0) + 1;
  for (const each of taken) if (each === number) number += 1;
  // More living numbers than were read: go on above all of them.
  if (taken.length > 0 && number > (taken.at(-1) ?? 0) && number <= highest) number = highest + 1;
  queue.numberDay = day;
  queue.numberLast = number;
  return number;
}

function positionOf(facts: TicketFacts, queue: QueueRow, input: CreateInput) {
  const { body } = input;
  const isSpecial = (body.priority ?? 0) > 0 || body.scheduledAt !== undefined;
  if (isSpecial) return Math.min(facts.inFront.get(input) ?? queue.waiting, queue.waiting);
  return Math.max(0, queue.waiting - (facts.behindNow.get(queue.id) ?? 0));
}

/** The wait that a new ticket is told. An appointment is told none. */
function promise(facts: TicketFacts, queue: QueueRow, { body }: CreateInput, position: number) {
  if (body.scheduledAt !== undefined) return null;
  const counters = facts.counters.get(queue.id) ?? { open: 0, free: 0, isServed: false };
  return estimateWait(queue.eta, position, serversOf(queue, counters), queue.waiting);
}
