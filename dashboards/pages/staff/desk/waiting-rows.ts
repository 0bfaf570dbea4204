import type { QueueState } from '../../../../client/tickets/queue-state.ts';
import type { Queue, Ticket } from '../../../../contract/tickets.ts';

/** One line of the waiting list. */
export interface Row {
  ticket: Ticket;
  /** 1 = next, in its queue. */
  place: number;
  waitedSeconds: number;
  /** Call-next passes it over. */
  status: 'here' | 'away' | 'later' | 'not-here';
  isOverdue: boolean;
}

/** The waiting lists of some queues as one, each queue in its call order and the queues in theirs. */
export function rowsOf(
  queues: readonly Queue[],
  states: ReadonlyMap<string, QueueState>,
  nowMs: number,
): Row[] {
  return queues.flatMap((queue) =>
    (states.get(queue.id)?.waiting ?? []).map((ticket, index) => {
      const status = statusOf(ticket, queue, nowMs);
      const waitedSeconds = waitOf(ticket, nowMs);
      const isOverdue = status === 'here' && waitedSeconds > queue.targetWaitSeconds;
      return { ticket, place: index + 1, waitedSeconds, status, isOverdue };
    }),
  );
}

/** An appointment waits from its time on, if it is not late itself. */
export function waitOf({ createdAt, scheduledAt, arrivedAt }: Ticket, nowMs: number): number {
  const from = scheduledAt
    ? Math.max(Date.parse(scheduledAt), arrivedAt ? Date.parse(arrivedAt) : 0)
    : Date.parse(createdAt);
  return Math.max(0, Math.floor((nowMs - from) / 1000));
}

function statusOf(ticket: Ticket, queue: Queue, nowMs: number): Row['status'] {
  const { awayUntil, scheduledAt, arrivedAt } = ticket;
  if (awayUntil !== null && Date.parse(awayUntil) > nowMs) return 'away';
  if (scheduledAt === null) return 'here';
  if (queue.requireArrival && arrivedAt === null) return 'not-here';
  return Date.parse(scheduledAt) - queue.earlyMinutes * 60_000 > nowMs ? 'later' : 'here';
}

/** How many can be called now. */
export const callable = (rows: readonly Row[]): number =>
  rows.filter(({ status }) => status === 'here').length;
