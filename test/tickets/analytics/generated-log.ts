import fc from 'fast-check';
import { logBook, type StateEntry } from './written-log.ts';

/** One step of a random history: which ticket, what happens to it, and how many seconds later than the last one. */
const step = fc.record({
  ticket: fc.nat(9),
  choice: fc.nat(99),
  counter: fc.nat(2),
  seconds: fc.oneof(fc.nat(40), fc.nat(3_000)),
  promised: fc.option(fc.record({ p50: fc.nat(900), p90: fc.integer({ min: 0, max: 2_000 }) })),
  scheduled: fc.option(fc.integer({ min: -1_000, max: 4_000 }), { freq: 4 }),
});
export const histories = fc.array(step, { minLength: 5, maxLength: 150, size: 'max' });
export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

type State = 'waiting' | 'called' | 'processing' | 'held' | 'ended' | 'reserved';
interface Now {
  id: string;
  state: State;
  queueId: string;
  counterId: string | null;
}

/** The log of a history in two queues, with legal changes only, and what their counters did meanwhile. */
export function liveThrough(
  steps: readonly Step[],
  {
    queues,
    counters,
    start,
    firstTicket,
  }: { queues: [string, string]; counters: readonly string[]; start: number; firstTicket: number },
) {
  const book = logBook({ ticketId: firstTicket });
  const states: StateEntry[] = counters.map((counterId) => ({
    ...{ counterId, at: start - 3_600_000, state: 'open' as const },
  }));
  const tickets: (Now | undefined)[] = [];
  let at = start;
  for (const { ticket: place, choice, counter, seconds, promised, scheduled } of steps) {
    at += seconds * 1000 + 7;
    const counterId = counters[counter % counters.length] ?? null;
    const ticket = tickets[place];
    if (choice >= 95 && counterId !== null) {
      const state = (['open', 'paused', 'closed'] as const)[choice % 3] ?? 'open';
      states.push({ counterId, at, state });
    } else if (!ticket || (ticket.state === 'ended' && choice < 60)) {
      const made: Now = {
        ...{ id: book.newTicket(), state: 'waiting', counterId: null },
        queueId: queues[choice % 2] ?? queues[0],
      };
      const scheduledAt = scheduled === null ? null : (at + scheduled * 1000) * 1000;
      const facts = { scheduledAt, promised: scheduledAt === null ? promised : null };
      book.note(made.id, made.queueId, 'created', at, facts);
      tickets[place] = made;
    } else change(ticket, choice, counterId);
  }
  return { log: book.log, states, end: at };

  function change(ticket: Now, choice: number, counterId: string | null): void {
    const note = (type: Parameters<typeof book.note>[2], facts: object = {}) =>
      book.note(ticket.id, ticket.queueId, type, at, { counterId: ticket.counterId, ...facts });
    const move = (state: State, at_: string | null) => {
      ticket.state = state;
      ticket.counterId = at_;
    };
    const other = ticket.queueId === queues[0] ? queues[1] : queues[0];
    const transfer = () => {
      move('waiting', null);
      note('transferred', { to: other, scheduledAt: null });
      ticket.queueId = other;
    };
    const noShow = () => {
      const requeued = choice % 2 === 0;
      if (requeued) move('waiting', null);
      else ticket.state = 'ended';
      note('no_show', requeued ? { requeued } : {});
    };
    const cancel = () => {
      ticket.state = 'ended';
      note('cancelled');
    };
    const putBack = () => {
      move('waiting', null);
      note('returned');
    };
    if (ticket.state === 'waiting') {
      if (choice < 55) {
        move('called', counterId);
        note('called');
      } else if (choice < 62) {
        move('reserved', null);
        note('reserved');
      } else if (choice < 68) note('postponed');
      else if (choice < 74) note('away');
      else if (choice < 76) note('near');
      else if (choice < 79) note('arrived');
      else if (choice < 84) transfer();
      else if (choice < 90) noShow();
      else cancel();
    } else if (ticket.state === 'called') {
      if (choice < 50) {
        ticket.state = 'processing';
        note('started');
      } else if (choice < 60) note('recalled');
      else if (choice < 70) putBack();
      else if (choice < 80) noShow();
      else if (choice < 90) transfer();
      else cancel();
    } else if (ticket.state === 'processing' || ticket.state === 'reserved') {
      if (choice < 50) {
        ticket.state = 'ended';
        note('completed');
      } else if (choice < 60) note('progressed');
      else if (choice < 75) {
        ticket.state = 'held';
        note('held');
      } else if (choice < 85) putBack();
      else transfer();
    } else if (ticket.state === 'held') {
      if (choice < 60) {
        move('processing', counterId);
        note('resumed');
      } else if (choice < 80) transfer();
      else cancel();
    } else {
      move('waiting', null);
      note('reopened');
    }
  }
}
