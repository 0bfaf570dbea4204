import type { Board } from '../../../contract/tickets/boards.ts';
import type { Ticket } from '../../../contract/tickets/ticket.ts';

/** The time at second `n` of a morning. */
export const at = (second: number) =>
  new Date(Date.UTC(2026, 0, 5, 9) + second * 1000).toISOString();

/** A call of ticket `A00n` at second `n` to counter `n`. */
export const called = (n: number, more: Partial<Board['lastCalled'][number]> = {}) => ({
  code: `A${String(n).padStart(3, '0')}`,
  counter: `Counter ${n}`,
  calledAt: at(n),
  ...more,
});

/** The board of queue `id` with these calls, newest first. */
export const board = (
  id: string,
  lastCalled: Board['lastCalled'] = [],
  more: Partial<Board> = {},
): Board => ({
  queue: { id, name: `Queue ${id}`, state: 'open' },
  seq: lastCalled.length,
  serving: [],
  waiting: 3,
  lastCalled,
  wait: null,
  opensAt: null,
  ...more,
});

/** A ticket that waits. */
export const ticket = (more: Partial<Ticket> = {}): Ticket => ({
  id: '7',
  queueId: '1',
  code: 'A042',
  state: 'waiting',
  priority: 0,
  scheduledAt: null,
  estimatedSeconds: null,
  counterId: null,
  counterName: null,
  queueName: 'Passports',
  calls: 0,
  awayUntil: null,
  arrivedAt: null,
  version: 1,
  createdAt: at(0),
  updatedAt: at(0),
  calledAt: null,
  startedAt: null,
  finishedAt: null,
  position: 3,
  eta: null,
  ...more,
});
