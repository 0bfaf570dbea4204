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
/** Names that are read one by one; with more, the list is read again. */
const MOST_READS = 5;
const SOON_MS = 200;

type Watching = Pick<Client, 'watch' | 'http'>;

/** Watches queues. `onEvent` is called for every event after it is in the state. */
export function createLiveQueues(
  client: Watching,
  changed: () => void,
  onEvent: (event: TicketEvent) => void = () => undefined,
): LiveQueues {
  const followed = new Map<string, { queue: Queue; subscription: Subscription }>();
  const states = new Map<string, QueueState>();
  /** Newest versions from answers: older events that are still on their way change nothing. */
  const answered = new Map<string, number>();
  const nameless = new Set<string>();

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
          readNameOf(event);
          onEvent(event);
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

  /** Pushes carry no names of people. */
  function readNameOf({ ticket: { id } }: TicketEvent): void {
    const here = find(id);
    if (!here || here.customerName !== undefined) return;
    if (nameless.size === 0) setTimeout(readNames, SOON_MS);
    nameless.add(id);
  }

  function readNames(): void {
    const ids = [...nameless].filter((id) => find(id)?.customerName === undefined);
    nameless.clear();
    if (ids.length > MOST_READS) {
      const queues = new Set(ids.map((id) => find(id)?.queueId));
      for (const { queue } of followed.values()) if (queues.has(queue.id)) watch(queue);
    } else
      for (const id of ids)
        client.http.readTicket({ id }).then(
          ({ customerName = null }) => nameTicket(id, customerName),
          () => undefined,
        );
  }

  function nameTicket(id: string, customerName: string | null): void {
    const named = (list: readonly Ticket[]) =>
      list.map((ticket) => (ticket.id === id ? { ...ticket, customerName } : ticket));
    for (const [queueId, state] of states) {
      const { waiting, serving, held } = state;
      states.set(queueId, {
        ...state,
        ...{ waiting: named(waiting), serving: named(serving), held: named(held) },
      });
    }
    changed();
  }

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
        const [type, at] = ['ticket.progressed', ticket.updatedAt] as const;
        apply(queue, { queueId: queue.id, seq: state.seq, type, ticket, at });
      }
      changed();
    },
  };
}
