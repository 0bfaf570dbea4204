import type { Counter, Queue, Ticket } from '../../contract/tickets.ts';
import { newId } from '../../ids.ts';
import type { Fleet } from '../support/fleet.ts';
import { type Account, account } from './world.ts';

type Reached = 'waiting' | 'away' | 'called' | 'processing' | 'held' | 'done';

/** Queues, counters and tickets of the matrices, made over HTTP by somebody of the staff. */
export interface TicketWorld {
  queue(): Promise<Queue>;
  otherQueue(): Promise<Queue>;
  counter(): Promise<Counter>;
  /** A ticket that its owner took, in this state. */
  ticket(owner: Account, state?: Reached): Promise<Ticket>;
}

/** The verbs on the way to each state. */
const WAYS: Record<Reached, readonly string[]> = {
  waiting: [],
  away: ['away'],
  called: ['call'],
  processing: ['call', 'start'],
  held: ['call', 'start', 'hold'],
  done: ['call', 'start', 'complete'],
};

export function ticketWorld(fleet: Fleet): TicketWorld {
  let staff: Promise<Account> | undefined;
  let shared: Promise<Queue> | undefined;

  async function send<T>(path: string, body: object, token: string): Promise<T> {
    const response = await fetch(`${fleet.servers[0]?.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} → ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
  async function asStaff<T>(path: string, body: object): Promise<T> {
    staff ??= account(fleet, 'staff');
    return send<T>(path, body, (await staff).token);
  }
  const newQueue = () =>
    asStaff<Queue>('/v1/queues', { slug: newId(), name: 'Matrix', awayMaxSeconds: 600 });
  const queue = () => {
    shared ??= newQueue();
    return shared;
  };
  const counter = async () =>
    asStaff<Counter>('/v1/counters', { name: 'Desk', queueIds: [(await queue()).id] });

  return {
    queue,
    otherQueue: newQueue,
    counter,
    async ticket({ token }, state = 'waiting') {
      const path = `/v1/queues/${(await queue()).id}/tickets`;
      let ticket = await send<Ticket>(path, {}, token);
      for (const verb of WAYS[state]) {
        const more =
          verb === 'call'
            ? { counterId: (await counter()).id }
            : verb === 'away'
              ? { seconds: 60 }
              : {};
        const body = { version: ticket.version, ...more };
        ticket = await asStaff<Ticket>(`/v1/tickets/${ticket.id}/${verb}`, body);
      }
      return ticket;
    },
  };
}
