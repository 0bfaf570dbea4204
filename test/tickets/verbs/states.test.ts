import { expect } from 'chai';
import { type Ticket, type TicketState, ticketStates } from '../../../contract/tickets.ts';
import { useServices } from '../../support/services.ts';
import { type Office, openOffice } from '../office.ts';
import { reach } from '../reach.ts';

interface Row {
  /** Where the verb leads, from each state in which it is legal. */
  to: Partial<Record<TicketState, TicketState>>;
  event: string;
  body?: (fresh: Fresh) => Promise<object> | object;
}
interface Fresh {
  counter(): Promise<string>;
  otherQueue: string;
}
const all = (states: readonly TicketState[], to: TicketState) =>
  Object.fromEntries(states.map((state) => [state, to]));
const toCounter = async ({ counter }: Fresh) => ({ counterId: await counter() });

const TABLE: Readonly<Record<string, Row>> = {
  call: { to: { waiting: 'called' }, event: 'called', body: toCounter },
  recall: { to: { called: 'called' }, event: 'recalled' },
  start: { to: { called: 'processing' }, event: 'started' },
  progress: {
    ...{ to: { processing: 'processing' }, event: 'progressed' },
    body: () => ({ percent: 12.5, note: 'a part' }),
  },
  complete: { to: { processing: 'done' }, event: 'completed', body: () => ({ note: 'fine' }) },
  'no-show': { to: all(['waiting', 'called'], 'no_show'), event: 'no_show' },
  return: {
    ...{ to: all(['called', 'processing', 'held'], 'waiting'), event: 'returned' },
    body: () => ({ place: 'first' }),
  },
  transfer: {
    ...{ to: all(['waiting', 'called', 'processing', 'held'], 'waiting'), event: 'transferred' },
    body: ({ otherQueue }) => ({ queueId: otherQueue }),
  },
  hold: { to: { processing: 'held' }, event: 'held' },
  resume: { to: { held: 'processing' }, event: 'resumed' },
  reopen: {
    ...{ to: all(['done', 'no_show', 'cancelled'], 'waiting'), event: 'reopened' },
    body: () => ({ place: 'last' }),
  },
  cancel: { to: all(['waiting', 'called', 'held'], 'cancelled'), event: 'cancelled' },
  postpone: { to: { waiting: 'waiting' }, event: 'postponed', body: () => ({ after: 1 }) },
  arrive: { to: { waiting: 'waiting' }, event: 'arrived' },
  away: { to: { waiting: 'waiting' }, event: 'away', body: () => ({ seconds: 60 }) },
  // Nobody comes back without having left; see the tests of absence.
  back: { to: {}, event: 'back' },
};

describe('tickets: every verb in every state', () => {
  const t = useServices();
  let office: Office;
  let queueId = '';
  let fresh: Fresh;
  before(async () => {
    office = await openOffice(t);
    queueId = (await office.queue({ awayMaxSeconds: 600 })).id;
    const otherQueue = (await office.queue()).id;
    fresh = { otherQueue, counter: async () => (await office.counter([queueId])).id };
  });

  const lastEvent = async ({ id }: Ticket) => {
    const { json } = await office.ask('GET', `/v1/tickets/${id}/history`, { token: office.staff });
    return json.items.at(-1);
  };

  for (const [name, { to, event, body = () => ({}) }] of Object.entries(TABLE))
    for (const state of ticketStates) {
      const target = to[state];
      it(`${name} ${target ? `leads from ${state} to ${target}` : `is refused in ${state}`}`, async () => {
        const ticket = await reach(office, queueId, state);
        expect(ticket.state).to.equal(state);
        // Without somebody behind, a postponement changes nothing.
        if (name === 'postpone') await office.take(queueId);
        const present = await office.read(ticket.id);
        for (const version of [ticket.version - 1, 77].filter((each) => each > 0)) {
          const stale = await office.verb(name, { ...ticket, version }, await body(fresh));
          expect(stale.json).to.include({ status: 409, code: 'ticket.stale_version' });
          expect(stale.json.details.ticket).to.deep.equal({ ...present, eta: null });
        }
        const reply = await office.verb(name, ticket, await body(fresh));
        if (!target) {
          expect(reply.json).to.include({ status: 409, code: 'ticket.bad_transition' });
          expect(reply.json.details.ticket).to.deep.equal({ ...present, eta: null });
          expect(await office.read(ticket.id)).to.deep.equal(present);
          return;
        }
        expect(reply.status, reply.text).to.equal(200);
        expect(reply.json).to.include({ state: target, version: ticket.version + 1, eta: null });
        expect({ ...(await office.read(ticket.id)), eta: null }).to.deep.equal(reply.json);
        const written = await lastEvent(ticket);
        expect(written.type).to.equal(`ticket.${event}`);
        expect(written.ticket).to.include({ state: target, version: ticket.version + 1 });
        const isOver = ['done', 'no_show', 'cancelled'].includes(target);
        expect(reply.json.finishedAt !== null).to.equal(isOver);
        expect(reply.json.position !== null).to.equal(target === 'waiting');
      });
    }

  it('knows every verb of the contract', () => {
    expect(Object.keys(TABLE)).to.have.length(16);
  });

  it('answers 404 for a ticket that does not exist, whatever the version', async () => {
    for (const name of Object.keys(TABLE)) {
      const more = await (TABLE[name] as Row).body?.(fresh);
      const reply = await office.verb(name, { id: '9223372036854775807', version: 1 }, more ?? {});
      expect(reply.json, name).to.include({ status: 404, code: 'ticket.not_found' });
    }
  });

  it('refuses a second arrival and coming back twice', async () => {
    const ticket = await office.take(queueId);
    const arrived = await office.done('arrive', ticket);
    const again = await office.verb('arrive', arrived);
    expect(again.json.code).to.equal('ticket.bad_transition');
    const away = await office.done('away', arrived, { seconds: 30 });
    const back = await office.done('back', away);
    expect(back.awayUntil).to.equal(null);
    expect((await office.verb('back', back)).json.code).to.equal('ticket.bad_transition');
  });
});
