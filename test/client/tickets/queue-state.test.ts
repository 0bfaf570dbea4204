import { expect } from 'chai';
import fc from 'fast-check';
import { type QueueState, queueStateOf, takeEvent } from '../../../client/tickets/queue-state.ts';
import type { Ticket, TicketEvent } from '../../../contract/tickets.ts';
import { event, ticket } from './fixtures.ts';

const queue = { id: '1', priorityBoostSeconds: 600 };
const codes = (list: readonly Ticket[]) => list.map(({ id }) => Number(id));
const shown = ({ waiting, serving, held }: QueueState) => ({
  waiting: codes(waiting),
  serving: codes(serving),
  held: codes(held),
});
const start = (...tickets: Ticket[]) => queueStateOf({ seq: 10, tickets });
const called = (n: number, more: Partial<Ticket> = {}) =>
  ticket(n, { state: 'called', version: 2, calledAt: ticket(100 + n).createdAt, ...more });
const follow = (state: QueueState, ...events: TicketEvent[]) =>
  events.reduce((now, one) => takeEvent(now, one, queue), state);

describe('client: the live list of a queue', () => {
  const table: [what: string, events: TicketEvent[], wanted: Partial<ReturnType<typeof shown>>][] =
    [
      ['starts with the snapshot', [], {}],
      [
        'puts a new ticket where it stands',
        [event(11, 'ticket.created', ticket(9, { position: 1 }))],
        { waiting: [1, 9, 2, 3] },
      ],
      [
        'puts one without a position behind those who came before',
        [event(11, 'ticket.created', ticket(9))],
        { waiting: [1, 2, 3, 9] },
      ],
      [
        'puts one without a position in front by its priority',
        [event(11, 'ticket.created', ticket(9, { priority: 1 }))],
        { waiting: [9, 1, 2, 3] },
      ],
      [
        'takes a called ticket out of the waiting ones',
        [event(11, 'ticket.called', called(2))],
        { waiting: [1, 3], serving: [2, 4] },
      ],
      [
        'puts a returned ticket back',
        [event(11, 'ticket.returned', ticket(4, { version: 3, position: 0 }))],
        { waiting: [4, 1, 2, 3], serving: [] },
      ],
      [
        'moves a postponed ticket',
        [event(11, 'ticket.postponed', ticket(1, { version: 2, position: 2 }))],
        { waiting: [2, 3, 1] },
      ],
      [
        'leaves a ticket that is away in its place',
        [event(11, 'ticket.away', ticket(2, { version: 2, position: 0 }))],
        {},
      ],
      [
        'takes a finished ticket away',
        [event(11, 'ticket.completed', called(4, { state: 'done', version: 3 }))],
        { serving: [] },
      ],
      [
        'keeps a held ticket apart',
        [event(11, 'ticket.held', called(4, { state: 'held', version: 3 }))],
        { serving: [], held: [5, 4] },
      ],
      [
        'takes a ticket away that goes to another queue',
        [event(11, 'ticket.transferred', ticket(2, { queueId: '2', version: 2 }))],
        { waiting: [1, 3] },
      ],
      [
        'takes a ticket from another queue',
        [event(11, 'ticket.transferred', ticket(9, { version: 2, position: 3 }))],
        { waiting: [1, 2, 3, 9] },
      ],
      [
        'brings a reopened ticket back',
        [
          event(11, 'ticket.cancelled', ticket(1, { state: 'cancelled', version: 2 })),
          event(12, 'ticket.reopened', ticket(1, { version: 3, position: 0 })),
        ],
        {},
      ],
    ];
  const list = () =>
    start(ticket(1), ticket(2), ticket(3), called(4), called(5, { state: 'held' }));
  for (const [what, events, wanted] of table)
    it(what, () => {
      expect(shown(follow(list(), ...events))).to.deep.equal({
        waiting: [1, 2, 3],
        serving: [4],
        held: [5],
        ...wanted,
      });
      expect(follow(list(), ...events).seq).to.equal(10 + events.length);
    });

  it('keeps the name that the list has when an event has none', () => {
    const { customerName: _, ...nameless } = called(1);
    const state = follow(
      start(ticket(1, { customerName: 'Ada' })),
      event(11, 'ticket.called', nameless),
    );
    expect(state.serving[0]?.customerName).to.equal('Ada');
  });

  it('does not guess who stands behind the end of a partial list', () => {
    const listed = Array.from({ length: 1_000 }, (_, n) => ticket(n + 1));
    const state = follow(
      start(...listed),
      event(11, 'ticket.created', ticket(5_000, { position: 1_200 })),
      event(12, 'ticket.called', called(1)),
      event(13, 'ticket.created', ticket(5_001, { position: 3, priority: 5 })),
    );
    expect(state.isPartial).to.equal(true);
    expect(codes(state.waiting).slice(0, 5)).to.deep.equal([2, 3, 4, 5_001, 5]);
    expect(state.waiting).to.have.length(1_000);
  });

  it('is the list of a server that has handled the same events, whatever they were', () => {
    const step = fc.record({
      what: fc.constantFrom('create', 'call', 'return', 'complete', 'postpone', 'hold'),
      place: fc.nat({ max: 8 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        /** The queue as the server has it: ids in order. */
        const truth = { waiting: [] as number[], serving: [] as number[], held: [] as number[] };
        let [next, seq, version] = [1, 0, 1];
        let state = queueStateOf({ seq: 0, tickets: [] });
        const happened = (type: TicketEvent['type'], n: number, more: Partial<Ticket>) => {
          seq += 1;
          version += 1;
          state = takeEvent(state, event(seq, type, ticket(n, { version, ...more })), queue);
        };
        const waits = (type: TicketEvent['type'], n: number, place: number) => {
          const position = Math.min(place, truth.waiting.length);
          truth.waiting.splice(position, 0, n);
          happened(type, n, { position });
        };
        for (const { what, place } of steps) {
          if (what === 'create') waits('ticket.created', next++, place);
          if (what === 'call' && truth.waiting.length > 0) {
            const n = truth.waiting.shift() as number;
            truth.serving.push(n);
            happened('ticket.called', n, { state: 'called', calledAt: ticket(seq).createdAt });
          }
          if (what === 'postpone' && truth.waiting.length > 0)
            waits('ticket.postponed', truth.waiting.shift() as number, place);
          const n = truth.serving[0];
          if (n === undefined || what === 'create' || what === 'call') continue;
          if (what === 'return') waits('ticket.returned', truth.serving.shift() as number, place);
          if (what === 'complete') {
            truth.serving.shift();
            happened('ticket.completed', n, { state: 'done' });
          }
          if (what === 'hold') {
            truth.held.push(truth.serving.shift() as number);
            happened('ticket.held', n, { state: 'held' });
          }
        }
        expect(shown(state)).to.deep.equal(truth);
      }),
      { numRuns: 200 },
    );
  });
});
