import { FoyerError } from '../../../contract/errors.ts';
import type { Place } from '../../../contract/tickets.ts';
import { effectiveAt, inFrontOf, placeBehind } from '../tickets/order.ts';
import { callableAt } from '../tickets/ticket-machine.ts';
import type { TicketRow } from '../tickets/ticket-row.ts';
import type { Surroundings } from '../work/facts.ts';
import type { Verb } from '../work/inputs.ts';
import { type Change, changeTicket, queueOf } from '../work/work.ts';
import { nextNumber } from './decide-create.ts';
import { unpromised } from './learn.ts';
import { ended, type VerbContext, type VerbResult, waitsAgain } from './verb-context.ts';

const ALONE: Surroundings = {
  ...{ neighbours: [], inFrontThere: 0, isCodeTaken: false, isOwnerActive: false },
};
const surroundingsOf = ({ facts, ticket }: VerbContext): Surroundings =>
  facts.surroundings.get(ticket.id) ?? ALONE;

/** Call again. After the last call it is a no-show. */
export function recall(context: VerbContext): VerbResult {
  const { facts, ticket, actorId } = context;
  const { work } = facts;
  if (ticket.calls >= queueOf(work, ticket.queueId).noShow.maxCalls) return noShow(context);
  const patch = { calls: ticket.calls + 1 };
  return { ticket: changeTicket(work, ticket, patch, { type: 'recalled', actorId }) };
}

/** Nobody came: the ticket is over, or goes back behind some people, once. */
export function noShow(context: VerbContext): VerbResult {
  const { facts, ticket, actorId } = context;
  const { work } = facts;
  const { requeueAfter } = queueOf(work, ticket.queueId).noShow;
  const shown = { displays: ticket.shownDisplays, ownerAt: ticket.ownerSeenAt };
  if (requeueAfter === null || ticket.requeues > 0) {
    const change = { type: 'no_show', facts: { shown }, actorId } as const;
    return { ticket: changeTicket(work, ticket, ended('no_show', work.now), change) };
  }
  const { place, position } = placeAfter(context, requeueAfter);
  const patch = {
    ...waitsAgain(context.facts.work),
    effectiveAt: place,
    requeues: ticket.requeues + 1,
    // Nobody came, so an appointment still waits for its time, or for its arrival.
    callableAt: callableAt({ ...ticket, awayUntil: null }, queueOf(work, ticket.queueId)),
  };
  const entryFacts = { shown, requeued: true, effectiveAt: place };
  const change: Change = { type: 'no_show', facts: entryFacts, actorId };
  return { ticket: changeTicket(work, ticket, patch, change), position };
}

/** Back into the queue at the named place. */
export function putBack(context: VerbContext, place: Place): VerbResult {
  return moveTo(context, place, 'returned', waitsAgain(context.facts.work));
}

/** Undo an end. @throws {FoyerError} ticket.already_waiting: its owner has another ticket by now */
export function reopen(context: VerbContext, place: Place): VerbResult {
  const { facts, ticket } = context;
  const { isCodeTaken, isOwnerActive } = surroundingsOf(context);
  if (isOwnerActive) throw new FoyerError('ticket.already_waiting');
  const queue = queueOf(facts.work, ticket.queueId);
  const code = isCodeTaken ? { prefix: queue.prefix, number: nextNumber(facts, queue) } : {};
  const patch = { ...waitsAgain(context.facts.work), ...code, finishedAt: null };
  return moveTo(context, place, 'reopened', patch);
}

/** Let `after` people go first. */
export function postpone(context: VerbContext, after: number): VerbResult {
  const { facts, ticket, actorId } = context;
  const { neighbours } = surroundingsOf(context);
  const own = facts.positions.get(ticket.id) ?? 0;
  // Nobody is behind: nothing changes, and nothing is written.
  if (neighbours.length === 0) return { ticket, position: own };
  const place = notBehindLater(
    context,
    placeBehind(neighbours, after, facts.work.nowMicros, ticket.id),
  );
  const change = { type: 'postponed', facts: { effectiveAt: place, after }, actorId } as const;
  return {
    ticket: changeTicket(facts.work, ticket, { ...unpromised, effectiveAt: place }, change),
    position: own + inFrontOf(neighbours, { id: ticket.id, effectiveAt: place }),
  };
}

/**
 * To another queue. It keeps its code, unless that is live there, and its arrival time.
 * @throws {FoyerError} queue.not_found · ticket.already_waiting · request.invalid: it is in that queue already
 */
export function transfer(
  context: VerbContext,
  { queueId, priority = context.ticket.priority }: Extract<Verb, { name: 'transfer' }>,
): VerbResult {
  const { facts, ticket, actorId } = context;
  const { work } = facts;
  const queue = work.queues.get(queueId);
  if (!queue) throw new FoyerError('queue.not_found');
  if (queueId === ticket.queueId)
    throw new FoyerError('request.invalid', {
      errors: [{ path: 'queueId', message: 'is the queue of the ticket' }],
    });
  const { isCodeTaken, isOwnerActive, inFrontThere } = surroundingsOf(context);
  if (isOwnerActive) throw new FoyerError('ticket.already_waiting');
  const code = isCodeTaken ? { prefix: queue.prefix, number: nextNumber(facts, queue) } : {};
  const arrival = {
    createdAt: ticket.createdAt.getTime() * 1000,
    scheduledAt: ticket.scheduledAt && ticket.scheduledAt.getTime() * 1000,
    priority,
  };
  const place = effectiveAt(arrival, queue.priorityBoostSeconds);
  const patch = {
    ...waitsAgain(context.facts.work),
    ...code,
    ...{ queueId, priority, effectiveAt: place, requeues: 0 },
    callableAt: callableAt({ ...ticket, awayUntil: null }, queue),
  };
  const change: Change = {
    type: 'transferred',
    facts: { effectiveAt: place, ...arrival, ...requiresArrival(queue, ticket) },
    actorId,
  };
  return { ticket: changeTicket(work, ticket, patch, change), position: inFrontThere };
}

/**
 * Appointments of later stand in the order, too. Behind one of them everybody who comes until then would be first,
 * so nobody is placed behind those who come now, but for an appointment of later itself.
 */
const notBehindLater = ({ facts, ticket }: VerbContext, place: number): number =>
  ticket.effectiveAt > facts.work.nowMicros ? place : Math.min(place, facts.work.nowMicros);

function placeAfter(context: VerbContext, behind: number): { place: number; position: number } {
  const { neighbours } = surroundingsOf(context);
  const { id } = context.ticket;
  const { nowMicros } = context.facts.work;
  const place = notBehindLater(context, placeBehind(neighbours, behind, nowMicros, id));
  return { place, position: inFrontOf(neighbours, { id, effectiveAt: place }) };
}

function moveTo(
  context: VerbContext,
  where: Place,
  type: 'returned' | 'reopened',
  patch: Partial<TicketRow>,
): VerbResult {
  const { facts, ticket, actorId } = context;
  const { work } = facts;
  const { place, position } =
    where === 'last'
      ? lastPlace(context)
      : placeAfter(context, where === 'first' ? 0 : where.after);
  const change: Change = { type, facts: { effectiveAt: place, place: where }, actorId };
  return { ticket: changeTicket(work, ticket, { ...patch, effectiveAt: place }, change), position };
}

/** Like somebody who comes now: behind everyone but the appointments of later. */
function lastPlace({ facts, ticket }: VerbContext): { place: number; position: number } {
  const queue = queueOf(facts.work, ticket.queueId);
  const behind = facts.behindNow.get(queue.id) ?? 0;
  return { place: facts.work.nowMicros, position: Math.max(0, queue.waiting - behind) };
}

const requiresArrival = (
  { requireArrival }: { requireArrival: boolean },
  { scheduledAt, arrivedAt }: TicketRow,
) => (requireArrival && scheduledAt && !arrivedAt ? { requiresArrival: true } : {});
