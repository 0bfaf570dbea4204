import { logBook, type StateEntry } from './written-log.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A day from eight to five at two counters, the same each time: people come in waves, and lunch is slow. */
export function busyDay(queueId: string, [one, two]: [string, string], midnight: number) {
  const book = logBook({ ticketId: 9_000 });
  const free = [
    { id: one, at: midnight + 8 * HOUR },
    { id: two, at: midnight + 9 * HOUR },
  ];
  for (let n = 0; n < 90; n += 1) {
    const comes = midnight + 8 * HOUR + n * 6 * MINUTE + ((n * 37) % 11) * MINUTE;
    const desk = free.sort((a, b) => a.at - b.at)[0] ?? { id: one, at: 0 };
    const called = Math.max(comes, desk.at) + 20_000;
    const ends = called + (5 + ((n * 29) % 13)) * MINUTE;
    if (ends > midnight + 17 * HOUR) break;
    const counter = { counterId: desk.id };
    const ticket = book.newTicket();
    const p50 = Math.round((called - comes) / 1000) + ((n % 3) - 1) * 90;
    const promised = { p50: Math.max(0, p50), p90: Math.max(60, p50 + 240) };
    book.note(ticket, queueId, 'created', comes, { promised });
    if (n % 17 === 16) {
      book.note(ticket, queueId, 'cancelled', comes + 4 * MINUTE);
      continue;
    }
    book.note(ticket, queueId, 'called', called, counter);
    if (n % 13 === 12) {
      book.note(ticket, queueId, 'no_show', called + 2 * MINUTE, counter);
      desk.at = called + 2 * MINUTE;
      continue;
    }
    book.note(ticket, queueId, 'completed', ends, counter);
    desk.at = ends;
  }
  const states: StateEntry[] = [
    { counterId: one, at: midnight + 8 * HOUR, state: 'open' },
    { counterId: one, at: midnight + 17 * HOUR, state: 'closed' },
    { counterId: two, at: midnight + 9 * HOUR, state: 'open' },
    { counterId: two, at: midnight + 12 * HOUR, state: 'paused' },
    { counterId: two, at: midnight + 12.5 * HOUR, state: 'open' },
    { counterId: two, at: midnight + 16 * HOUR, state: 'closed' },
  ];
  return { log: book.log, states };
}
