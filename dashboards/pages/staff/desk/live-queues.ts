import type { Client } from '../../../../client/create-client.ts';
import type { Subscription } from '../../../../client/subscriptions.ts';
import {
  type QueueState,
  queueStateOf,
  takeEvent,
} from '../../../../client/tickets/queue-state.ts';
import { watchedQueue } from '../../../../client/tickets/watchables.ts';
import type { Queue, Ticket, TicketEvent } from '../../../../contract/tickets.ts';

/** The live tickets of some queues. */
export interface LiveQueues {
  /** By queue id; a queue is missing until its first answer. */
  states(): ReadonlyMap<string, QueueState>;
  /** Watch these queues, and no others. */
  follow(queues: readonly Queue[]): void;
  /** The answer to an action: the push about it may still be on its way. */
  take(ticket: Ticket): void;
  find(id: string): Ticket | null;
}

/** With fewer waiting tickets than this, a partial list is read again. */
const FEW = 200;

/** Watches queues. */
export function createLiveQueues(client: Pick<Client, 'watch'>, changed: () => void): LiveQueues {
  const followed = new Map<string, { queue: Queue; subscription: Subscription }>();
  const states = new Map<string, QueueState>();
  /** Newest versions from answers: older events that are still on their way change nothing. */
  const answered = new Map<string, number>();

  function apply(queue: Queue, event: TicketEvent): void {
    const state = states.get(queue.id);
    if (!state) return;
    const isOld = (answered.get(event.ticket.id) ?? 0) > event.ticket.version;
    const next = isOld ? { ...state, seq: event.seq } : takeEvent(state, event, queue);
    states.set(queue.id, next);
    if (next.isPartial && next.waiting.length < FEW) watch(queue);
  }

  function watch(queue: Queue): void {
    followed.get(queue.id)?.subscription.close();
    const subscription = client.watch(
      watchedQueue,
      { queueId: queue.id },
      {
        snapshot: (live) => {
          states.set(queue.id, queueStateOf(live));
          changed();
        },
        push: (event) => {
          apply(followed.get(queue.id)?.queue ?? queue, event);
          changed();
        },
      },
    );
    followed.set(queue.id, { queue, subscription });
  }

  const find = (id: string): Ticket | null =>
    [...states.values()]
      .flatMap(({ waiting, serving, held }) => [waiting, serving, held])
      .flatMap((list) => list.filter((ticket) => ticket.id === id))[0] ?? null;

  return {
    states: () => states,
    find,
    follow: (queues) => {
      const wanted = new Map(queues.map((queue) => [queue.id, queue]));
      for (const [id, { subscription }] of followed)
        if (!wanted.has(id)) {
          subscription.close();
          followed.delete(id);
          states.delete(id);
        }
      for (const queue of queues) {
        const known = followed.get(queue.id);
        if (known) known.queue = queue;
        else watch(queue);
      }
    },
    take: (ticket) => {
      if ((find(ticket.id)?.version ?? 0) > ticket.version) return;
      answered.set(ticket.id, ticket.version);
      for (const { queue } of followed.values()) {
        const state = states.get(queue.id);
        if (!state) continue;
        // An answer does not say what happened, so the type is made up: of `progressed`, only the ticket counts.
        const [type, at] = ['ticket.progressed', ticket.updatedAt] as const;
        apply(queue, { queueId: queue.id, seq: state.seq, type, ticket, at });
      }
      changed();
    },
  };
}
