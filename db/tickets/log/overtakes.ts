import type { Overtake } from '../../../contract/tickets.ts';
import { compareOrder } from '../tickets/order.ts';
import type { LogEntry } from './log-entry.ts';
import { applyEntry, isCall, type LoggedPlace } from './waiting-log.ts';

/**
 * "Why were they first?": everyone who came after a ticket and was called while it waited, in the order of the
 * calls, each person once with one reason. A pure function of the log of its queue.
 *
 * A ticket comes when it is created, also one that is transferred here later; an appointment comes at its
 * time. A call is `called`, `reserved` or `started` of a ticket that waits. The first of these that holds is
 * the reason:
 *
 * 1. `direct_call`: staff chose the other ticket.
 * 2. The other one stood in front of this one,
 *    - as both were placed when they came: `transferred` if the other came by transfer, `priority` if its
 *      priority or an appointment before its creation put it there, or else `transferred` because this one did;
 *    - because the other one was moved forward: `returned`, `reopened`;
 *    - because this one was moved backward: `returned`, `reopened`, `postponed`.
 * 3. `away`: this one stood in front, but its person was away or had not arrived for the appointment.
 * 4. `other_counter`: this one stood in front, and the counter that called does not serve it, or another was
 *    just writing it.
 *
 * `returned` includes what a rule puts back: after a no-show, and after a lost counter or worker.
 *
 * @param entries of the queue, in the order of `seq`. Tickets whose `created` or `transferred` is not among them
 *   are left out.
 */
export function overtakesOf(entries: Iterable<LogEntry>, ticketId: string): Overtake[] {
  const places = new Map<string, LoggedPlace>();
  const overtakes = new Map<string, Overtake>();
  for (const entry of entries) {
    const other = places.get(entry.ticketId);
    const own = places.get(ticketId);
    if (own?.isWaiting && isCall(entry, other) && comesAfter(other, own)) {
      if (!overtakes.has(other.id)) {
        const reason = reasonOf(entry, other, own);
        overtakes.set(other.id, { code: entry.code, reason, at: entry.at.toISOString() });
      }
    }
    const place = applyEntry(entry, other);
    if (place) places.set(entry.ticketId, place);
  }
  return [...overtakes.values()];
}

/** As in the order of the queue, ids decide between two that came in the same microsecond. */
const comesAfter = (other: LoggedPlace, own: LoggedPlace): boolean =>
  compareOrder(
    { id: other.id, effectiveAt: other.arrival },
    { id: own.id, effectiveAt: own.arrival },
  ) > 0;

const isInFront = (other: LoggedPlace, at: number, own: LoggedPlace, ownAt: number): boolean =>
  compareOrder({ id: other.id, effectiveAt: at }, { id: own.id, effectiveAt: ownAt }) < 0;

function reasonOf(
  { facts, at }: LogEntry,
  other: LoggedPlace,
  own: LoggedPlace,
): Overtake['reason'] {
  if (facts.direct) return 'direct_call';
  if (isInFront(other, other.effectiveAt, own, own.effectiveAt)) {
    if (isInFront(other, other.natural, own, own.natural)) return naturalReason(other);
    return isInFront(other, other.effectiveAt, own, own.natural) ? other.forward : own.backward;
  }
  return own.awayUntilMs > at.getTime() || own.isExpected ? 'away' : 'other_counter';
}

function naturalReason(other: LoggedPlace): Overtake['reason'] {
  if (other.cameByTransfer) return 'transferred';
  // Only a transfer can place this one after its own arrival.
  return other.natural < other.arrival ? 'priority' : 'transferred';
}
