import type { Board, Ticket, TicketEvent } from '../../../contract/tickets.ts';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 9) + second * 1000).toISOString();

/** A ticket that came at second `n`. */
export const ticket = (n: number, more: Partial<Ticket> = {}): Ticket => ({
  id: String(n),
  queueId: '1',
  code: `A${String(n).padStart(3, '0')}`,
  state: 'waiting',
  priority: 0,
  scheduledAt: null,
  estimatedSeconds: null,
  counterId: null,
  counterName: null,
  queueName: 'Desk',
  calls: 0,
  awayUntil: null,
  arrivedAt: null,
  version: 1,
  createdAt: at(n),
  updatedAt: at(n),
  calledAt: null,
  startedAt: null,
  finishedAt: null,
  customerName: null,
  position: null,
  eta: null,
  ...more,
});

export const event = (
  seq: number,
  type: TicketEvent['type'],
  one: Ticket,
  queueId = '1',
): TicketEvent => ({ queueId, seq, type, ticket: one, at: at(seq) });

export const board = (queueId: string, seq: number, more: Partial<Board> = {}): Board => ({
  queue: { id: queueId, name: `Queue ${queueId}`, state: 'open' },
  seq,
  serving: [],
  waiting: 0,
  lastCalled: [],
  wait: null,
  opensAt: null,
  ...more,
});
