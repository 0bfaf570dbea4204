import { type Entry, emptyHistory, type TicketHistory } from '../../../cli/demo/tickets/history.ts';

/** A ticket of one person, by what happened to it: `created`, `called 7` (at counter 7), `started`, … */
const STATES: Record<string, Entry['state']> = {
  ...{ created: 'waiting', called: 'called', started: 'processing', completed: 'done' },
  ...{ transferred: 'waiting', cancelled: 'cancelled', no_show: 'no_show', returned: 'waiting' },
};

export interface Step {
  ticket: string;
  what: string;
  queueId?: string;
  code?: string;
}

/** Adds what happens to the log of its queue, one after the other, a second apart. */
export function happen(history: TicketHistory, steps: readonly Step[]): void {
  for (const { ticket, what, queueId = 'q1', code = `A${ticket}` } of steps) {
    const [type = '', counter] = what.split(' ');
    const log = history.logs.get(queueId) ?? { from: 0, head: 0, entries: [], watched: [] };
    history.logs.set(queueId, log);
    const all = [...history.logs.values()].flatMap(({ entries }) => entries);
    const own = all.filter(({ ticketId }) => ticketId === ticket);
    const last = own.at(-1);
    const at = 1_000 * (all.length + 1);
    const isOver = ['created', 'transferred', 'returned'].includes(type);
    const counterId = isOver ? null : (counter ?? last?.counterId ?? null);
    const entry: Entry = {
      ...{ queueId, type, at, code, counterId, ticketId: ticket, ticketQueueId: queueId },
      ...{ seq: log.entries.length + 1, version: own.length + 1, state: STATES[type] ?? 'waiting' },
      ...{ createdAt: own[0]?.createdAt ?? at, isAppointment: false },
    };
    log.entries.push(entry);
    log.watched.push(entry);
    log.head = entry.seq;
    if (type === 'called' && counterId !== null)
      history.calls.push({ counterId, ticketId: ticket, version: entry.version });
    history.endings.set(ticket, entry.state);
  }
}

/** Two people who are called in order, and a third who goes first because of a direct call. */
export function goodHistory(): TicketHistory {
  const history = { ...emptyHistory(), isComplete: true };
  happen(history, [
    { ticket: '1', what: 'created' },
    { ticket: '2', what: 'created' },
    { ticket: '3', what: 'created' },
    { ticket: '1', what: 'called 7' },
    { ticket: '3', what: 'called 8' },
    { ticket: '1', what: 'started' },
    { ticket: '1', what: 'completed' },
    { ticket: '2', what: 'called 7' },
    { ticket: '2', what: 'returned' },
    { ticket: '2', what: 'called 7' },
    { ticket: '3', what: 'started' },
    { ticket: '3', what: 'completed' },
    { ticket: '2', what: 'no_show' },
  ]);
  history.explained.push(
    { ticketId: '1', codes: [] },
    { ticketId: '2', codes: ['A3'] },
    { ticketId: '3', codes: [] },
  );
  history.displays.set('display 1 of queue q1', { queueId: 'q1', seq: 13 });
  return history;
}
