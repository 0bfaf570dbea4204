import { FoyerError } from '../../../contract/errors.ts';
import { effectiveAt } from '../tickets/order.ts';
import { callableAt } from '../tickets/ticket-machine.ts';
import type { TicketRow } from '../tickets/ticket-row.ts';
import { changeTicket, queueOf } from '../work/work.ts';
import { unpromised } from './learn.ts';
import type { VerbContext, VerbResult } from './verb-context.ts';

/** The person is here. @throws {FoyerError} ticket.too_early */
export function arrive({ facts, ticket, actorId }: VerbContext): VerbResult {
  const { work } = facts;
  const queue = queueOf(work, ticket.queueId);
  const { scheduledAt, priority } = ticket;
  const opensMs = scheduledAt ? scheduledAt.getTime() - queue.earlyMinutes * 60_000 : 0;
  if (work.now.getTime() < opensMs)
    throw new FoyerError('ticket.too_early', {
      details: { callableAt: new Date(opensMs).toISOString() },
    });
  const patch: Partial<TicketRow> = { arrivedAt: work.now };
  patch.callableAt = callableAt({ ...ticket, ...patch }, queue);
  // One that comes after its time stands from its arrival.
  const isLate = queue.requireArrival && scheduledAt !== null && scheduledAt < work.now;
  const createdAt = work.nowMicros;
  if (isLate)
    patch.effectiveAt = effectiveAt(
      { createdAt, scheduledAt: null, priority },
      queue.priorityBoostSeconds,
    );
  const place = patch.effectiveAt ?? ticket.effectiveAt;
  const arrived = changeTicket(work, ticket, patch, {
    type: 'arrived',
    facts: { effectiveAt: place },
    actorId,
  });
  if (!isLate) return { ticket: arrived };
  return {
    ticket: arrived,
    position: Math.max(0, queue.waiting - 1 - (facts.behindNow.get(queue.id) ?? 0)),
  };
}

/** Step away and keep the place. @throws {FoyerError} ticket.away_limit */
export function away({ facts, ticket, actorId }: VerbContext, seconds: number): VerbResult {
  const { work } = facts;
  const queue = queueOf(work, ticket.queueId);
  const used = usedSeconds(ticket, work.now);
  if (used + seconds > queue.awayMaxSeconds)
    throw new FoyerError('ticket.away_limit', {
      details: { leftSeconds: Math.max(0, queue.awayMaxSeconds - used) },
    });
  const awayUntil = new Date(work.now.getTime() + seconds * 1000);
  const patch = {
    ...unpromised,
    awayUntil,
    awaySeconds: used + seconds,
    callableAt: callableAt({ ...ticket, awayUntil }, queue),
  };
  const change = { type: 'away', facts: { untilMs: awayUntil.getTime() }, actorId } as const;
  return { ticket: changeTicket(work, ticket, patch, change) };
}

/** Back before the time: what was not used is given back. */
export function back({ facts, ticket, actorId }: VerbContext): VerbResult {
  const { work } = facts;
  const queue = queueOf(work, ticket.queueId);
  const patch = {
    awayUntil: null,
    awaySeconds: usedSeconds(ticket, work.now),
    callableAt: callableAt({ ...ticket, awayUntil: null }, queue),
  };
  return { ticket: changeTicket(work, ticket, patch, { type: 'back', facts: {}, actorId }) };
}

/** Seconds away until now: of an absence that goes on, only what is over. */
function usedSeconds({ awaySeconds, awayUntil }: TicketRow, now: Date): number {
  if (awayUntil === null || awayUntil <= now) return awaySeconds;
  // Each absence costs a second at least, however often somebody leaves and comes back.
  const unused = Math.ceil((awayUntil.getTime() - now.getTime()) / 1000) - 1;
  return Math.max(0, awaySeconds - unused);
}
