import type { Board, Ticket, TicketEvent } from '../../contract/tickets.ts';
import { defineWatchable, type Watchable } from '../watch.ts';

/** The live tickets of a queue in call order, and the seq of the log that they stand for. */
export interface LiveTickets {
  seq: number;
  /** At most 1,000. */
  tickets: readonly Ticket[];
}

const isOf = ({ queueId }: TicketEvent, payload: { queueId: string }) =>
  queueId === payload.queueId;

/**
 * The live tickets of a queue, then every event. After a gap or a reconnect, the tickets are read again, so the
 * list is always complete and has the names. For staff.
 */
export const watchedQueue: Watchable<{ queueId: string }, LiveTickets, TicketEvent> = {
  watch: 'queue:watch',
  unwatch: 'queue:unwatch',
  push: 'ticket:event',
  gaps: 'ask',
  seqOfSnapshot: ({ seq }) => seq,
  seqOfPush: ({ seq }) => seq,
  isAbout: isOf,
};

/**
 * Every event of a queue. After a gap or a reconnect, the answer has the events since the last known one, as
 * the log has them: without names and positions. The first answer has the live tickets. For staff.
 */
export const watchedQueueLog = defineWatchable({
  watch: 'queue:watch',
  unwatch: 'queue:unwatch',
  push: 'ticket:event',
  gaps: 'ask',
  seqOfSnapshot: ({ seq }) => seq,
  seqOfPush: ({ seq }) => seq,
  isAbout: isOf,
  after: (payload, afterSeq) => ({ ...payload, afterSeq }),
});

/**
 * Pushes in the order of their arrival: seqs of several queues cannot be compared, and the answer to
 * `ticket:watch` has none. Those who take them drop the older ones.
 */
function byArrival() {
  let arrived = 0;
  return {
    gaps: 'skip',
    seqOfSnapshot: () => 0,
    seqOfPush: () => {
      arrived += 1;
      return arrived;
    },
  } as const;
}

/** One ticket. Its states may come late: compare them with `isNewerTicket`. */
export const watchedTicket = defineWatchable({
  watch: 'ticket:watch',
  unwatch: 'ticket:unwatch',
  push: 'ticket:state',
  ...byArrival(),
  isAbout: ({ id }, { ticketId }) => id === ticketId,
});

/** The boards of some queues. They may come late: compare those of one queue by `seq`. */
export const watchedBoards = defineWatchable({
  watch: 'board:watch',
  unwatch: 'board:unwatch',
  push: 'board:state',
  ...byArrival(),
  isAbout: ({ queue }, payload) =>
    'queueIds' in payload ? payload.queueIds.includes(queue.id) : payload.queueId === queue.id,
});

/** The boards of an answer to `board:watch`, which has one board or several. */
export const boardsOf = (answer: Board | { items: readonly Board[] }): readonly Board[] =>
  'items' in answer ? answer.items : [answer];
