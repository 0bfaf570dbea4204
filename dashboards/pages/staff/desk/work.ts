import type { Client } from '../../../../client/create-client.ts';
import { isClientError } from '../../../../client/errors.ts';
import type { Place, Ticket } from '../../../../contract/tickets.ts';
import { presentTicket } from '../texts.ts';
import { type Action, isFinished } from './actions.ts';
import type { LiveQueues } from './live-queues.ts';
import type { NewTicket, TicketForm } from './new-ticket.ts';
import type { OwnCounter } from './own-counter.ts';
import type { Undo, Undoable } from './undo.ts';

/** What was asked before an action. */
export interface Asked {
  place?: Place;
  queueId?: string;
  reason?: string;
}

export interface Work {
  create(form: TicketForm): Promise<NewTicket>;
  /** Resolves with null when nobody can be called. */
  callNext(): Promise<Ticket | null>;
  act(action: Action, ticket: Ticket, asked?: Asked): Promise<Ticket>;
  /** Brings the last finished ticket back: to this counter if it was here, else to its place. */
  undo(undoable: Undoable): Promise<void>;
}

/** The actions of one counter. Each rejects with the `ClientError`, after the present state is shown. */
export function createWork(
  client: Pick<Client, 'http'>,
  live: LiveQueues,
  counter: OwnCounter,
  undo: Undo,
): Work {
  const myId = () => counter.get()?.id ?? '';

  /** Takes the answer, and from a refusal the ticket as it is. */
  async function taking(call: Promise<Ticket>): Promise<Ticket> {
    try {
      const ticket = await call;
      live.take(ticket);
      return ticket;
    } catch (error) {
      const present = isClientError(error) ? presentTicket(error) : null;
      if (present) live.take(present);
      throw error;
    }
  }

  function send(action: Action, { id, version }: Ticket, asked: Asked): Promise<Ticket> {
    const target = { id, version };
    const { http } = client;
    switch (action) {
      case 'start':
        return http.startTicket(target);
      case 'recall':
        return http.recallTicket(target);
      case 'complete':
        return http.completeTicket(target);
      case 'hold':
        return http.holdTicket(target);
      case 'resume':
        return http.resumeTicket({ ...target, counterId: myId() });
      case 'call':
        return http.callTicket({ ...target, counterId: myId() });
      case 'arrive':
        return http.arriveTicket(target);
      case 'back':
        return http.backTicket(target);
      case 'no-show':
        return http.noShowTicket(target);
      case 'return':
        return http.returnTicket({ ...target, place: asked.place ?? 'first' });
      case 'transfer':
        return http.transferTicket({ ...target, queueId: asked.queueId ?? '' });
      case 'cancel':
        return http.cancelTicket({ ...target, ...(asked.reason ? { reason: asked.reason } : {}) });
    }
  }

  const placeOf = ({ id, queueId }: Ticket) =>
    Math.max(
      0,
      live
        .states()
        .get(queueId)
        ?.waiting.findIndex((one) => one.id === id) ?? 0,
    );

  return {
    create: async ({ queueId, ...body }) => {
      const made = await client.http.createTicket({ id: queueId, ...body });
      const { claimToken: _, ...ticket } = made;
      live.take(ticket);
      return made;
    },
    callNext: async () => {
      undo.clear();
      const ticket = await client.http.callNext({ id: myId() });
      if (!ticket) return null;
      live.take(ticket);
      return ticket;
    },
    act: async (action, before, asked = {}) => {
      undo.clear();
      const place = placeOf(before);
      const ticket = await taking(send(action, before, asked));
      if (isFinished(ticket)) undo.offer({ ticket, before, place });
      return ticket;
    },
    undo: async ({ ticket: { id, version }, before, place }) => {
      undo.clear();
      const { http } = client;
      const wasHere = before.state !== 'waiting';
      const after = wasHere || place === 0 ? 'first' : { after: place };
      const waiting = await taking(http.reopenTicket({ id, version, place: after }));
      if (!wasHere || before.counterId !== myId()) return;
      const called = await taking(
        http.callTicket({ id, version: waiting.version, counterId: myId() }),
      );
      if (before.state === 'processing')
        await taking(http.startTicket({ id, version: called.version }));
    },
  };
}
