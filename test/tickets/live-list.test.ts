import { expect } from 'chai';
import fc from 'fast-check';
import { type QueueState, queueStateOf, takeEvent } from '../../client/tickets/queue-state.ts';
import type { Counter, Queue, Ticket, TicketEvent } from '../../contract/tickets.ts';
import { useServices } from '../support/services.ts';
import { type Office, openOffice } from './office.ts';

const VERBS = ['create', 'createFirst', 'callNext', 'start', 'complete', 'hold', 'resume'] as const;
const MOVES = [
  'return',
  'postpone',
  'reopen',
  'transfer',
  'no-show',
  'away',
  'back',
  'cancel',
] as const;

interface Step {
  what: (typeof VERBS)[number] | (typeof MOVES)[number];
  /** Chooses a ticket and a place. */
  pick: number;
}

/** The list that staff see is made from pushes alone; the server has another one, in its tables. */
describe('tickets: the live list of a page', () => {
  const services = useServices();
  const pushed: TicketEvent[] = [];
  let office: Office;

  before(async () => {
    office = await openOffice(services, {
      deps: {
        push: ((_: unknown, name: string, payload: TicketEvent) => {
          if (name === 'ticket:event') pushed.push(payload);
        }) as never,
      },
    });
  });

  /** Whatever comes of it: a verb that is not legal now changes nothing. */
  async function act(
    { what, pick }: Step,
    { queue, other, counter }: { queue: Queue; other: Queue; counter: Counter },
  ): Promise<void> {
    const choose = async (...states: Ticket['state'][]) => {
      const path = `/v1/queues/${queue.id}/tickets?limit=100&state=${states.join(',')}`;
      const { items } = (await office.ask('GET', path, { token: office.staff })).json;
      return items[pick % Math.max(1, items.length)] as Ticket | undefined;
    };
    const verb = async (name: string, one: Ticket | undefined, body = {}) => {
      if (one) await office.verb(name, one, body);
    };
    const place = { after: pick % 5 };
    switch (what) {
      case 'create':
      case 'createFirst': {
        const body = what === 'create' ? {} : { priority: 1 + (pick % 10) };
        await office.take(queue.id, body, { token: office.staff });
        return;
      }
      case 'callNext':
        await office.callNext(counter.id);
        return;
      case 'start':
        return verb(what, await choose('called'));
      case 'complete':
      case 'hold':
        return verb(what, await choose('processing'));
      case 'resume':
        return verb(what, await choose('held'), { counterId: counter.id });
      case 'return':
        return verb(what, await choose('called', 'processing', 'held'), { place });
      case 'reopen':
        return verb(what, await choose('done', 'no_show', 'cancelled'), { place });
      case 'postpone':
        return verb(what, await choose('waiting'), { after: 1 + (pick % 4) });
      case 'transfer':
        return verb(what, await choose('waiting', 'called'), { queueId: other.id });
      case 'away':
        return verb(what, await choose('waiting'), { seconds: 60 });
      default:
        return verb(what, await choose('waiting', 'called'));
    }
  }

  it('is the list of the server, whatever was done', async () => {
    const step = fc.record({
      what: fc.oneof(
        fc.constantFrom(...VERBS),
        fc.constantFrom('create' as const),
        fc.constantFrom(...MOVES),
      ),
      pick: fc.nat({ max: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40 }), async (steps) => {
        const noShow = { maxCalls: 2, requeueAfter: 2 };
        const queue = await office.queue({ noShow, awayMaxSeconds: 600 });
        const other = await office.queue();
        const counter = await office.counter([queue.id]);
        let state: QueueState = queueStateOf({ seq: 0, tickets: [] });
        for (const one of steps) {
          await act(one, { queue, other, counter });
          for (const event of pushed.splice(0))
            if (event.queueId === queue.id) {
              expect(event.seq).to.equal(state.seq + 1);
              state = takeEvent(state, event, queue);
            }
          const path = `/v1/queues/${queue.id}/tickets?limit=100`;
          const { items } = (await office.ask('GET', path, { token: office.staff })).json;
          const truth = queueStateOf({ seq: state.seq, tickets: items as Ticket[] });
          const ids = ({ waiting, serving, held }: QueueState) => ({
            waiting: waiting.map(({ code }) => code),
            serving: serving.map(({ code }) => code),
            held: held.map(({ code }) => code).sort(),
          });
          expect(ids(state), `after ${one.what}`).to.deep.equal(ids(truth));
        }
      }),
      { numRuns: 8, endOnFailure: true },
    );
  }).timeout(60_000);
});
