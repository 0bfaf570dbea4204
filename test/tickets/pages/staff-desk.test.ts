import { expect } from 'chai';
import type { Client } from '../../../client/create-client.ts';
import { ClientError } from '../../../client/errors.ts';
import type { Queue, Ticket, TicketEvent } from '../../../contract/tickets.ts';
import { createAttempts } from '../../../dashboards/pages/staff/desk/attempts.ts';
import { createLiveQueues } from '../../../dashboards/pages/staff/desk/live-queues.ts';
import type { OwnCounter } from '../../../dashboards/pages/staff/desk/own-counter.ts';
import { createUndo, UNDO_MS } from '../../../dashboards/pages/staff/desk/undo.ts';
import { createWork } from '../../../dashboards/pages/staff/desk/work.ts';
import { event, ticket } from '../../client/tickets/fixtures.ts';
import { useVirtualTime } from '../../support/virtual-time.ts';
import { counter, queue } from './staff-fixtures.ts';

interface Watched {
  payload: { queueId: string };
  snapshot: (live: { seq: number; tickets: Ticket[] }) => void;
  push: (event: TicketEvent) => void;
  closed: boolean;
}

/** A server of which every answer is given by hand. */
function world(queues: Queue[] = [queue('1'), queue('2')]) {
  const watched: Watched[] = [];
  const client = {
    watch: (
      _: unknown,
      payload: Watched['payload'],
      watcher: Omit<Watched, 'payload' | 'closed'>,
    ) => {
      const one = { payload, ...watcher, closed: false };
      watched.push(one);
      return {
        seq: null,
        close: () => {
          one.closed = true;
        },
      };
    },
  } as unknown as Pick<Client, 'watch'>;
  const live = createLiveQueues(client, () => undefined);
  live.follow(queues);
  const at = (queueId: string) =>
    watched.filter((one) => one.payload.queueId === queueId && !one.closed).at(-1) as Watched;
  const lists = (queueId = '1') => {
    const state = live.states().get(queueId);
    const ids = (list: readonly Ticket[] = []) => list.map(({ id }) => id).join(' ');
    return [state?.waiting, state?.serving, state?.held].map(ids).join(' | ');
  };
  return { live, at, lists, watched };
}
const called = (n: number, more: Partial<Ticket> = {}) =>
  ticket(n, {
    state: 'called',
    counterId: '1',
    version: 2,
    calledAt: ticket(n).createdAt,
    ...more,
  });
const fails = (code: string, details = {}) =>
  new ClientError(code as 'ticket.stale_version', code, { status: 409, details });

describe('staff: live queues', () => {
  it('watch those that are followed, each once', () => {
    const { live, watched } = world([queue('1')]);
    live.follow([queue('1', { version: 2 }), queue('2')]);
    live.follow([queue('2')]);
    expect(watched.map(({ payload, closed }) => [payload.queueId, closed])).to.deep.equal([
      ['1', true],
      ['2', false],
    ]);
  });

  it('take the answer to an action at once, and older events about it not at all', () => {
    const { live, at, lists } = world();
    at('1').snapshot({ seq: 4, tickets: [ticket(1), ticket(2)] });
    live.take(called(1, { state: 'done', version: 4 }));
    expect(lists()).to.equal('2 |  | ');
    at('1').push(event(5, 'ticket.called', called(1)));
    at('1').push(event(6, 'ticket.started', called(1, { state: 'processing', version: 3 })));
    expect(lists()).to.equal('2 |  | ');
    at('1').push(event(7, 'ticket.completed', called(1, { state: 'done', version: 4 })));
    at('1').push(event(8, 'ticket.reopened', ticket(1, { version: 5, position: 0 })));
    expect(lists()).to.equal('1 2 |  | ');
    live.take(called(1));
    expect(lists(), 'an answer that is older than the list').to.equal('1 2 |  | ');
  });

  it('move a transferred ticket from one list to the other with the answer', () => {
    const { live, at, lists } = world();
    at('1').snapshot({ seq: 1, tickets: [called(1)] });
    at('2').snapshot({ seq: 1, tickets: [ticket(5, { queueId: '2' })] });
    live.take(ticket(1, { queueId: '2', version: 3, position: 0 }));
    expect([lists('1'), lists('2')]).to.deep.equal([' |  | ', '1 5 |  | ']);
  });

  it('are read again when a list of which the end is unknown becomes short', () => {
    const { at, watched } = world([queue('1')]);
    const tickets = Array.from({ length: 1_000 }, (_, n) => ticket(n + 1));
    at('1').snapshot({ seq: 1, tickets });
    for (const [n, one] of tickets.slice(0, 801).entries())
      at('1').push(event(n + 2, 'ticket.completed', { ...one, state: 'done', version: 2 }));
    expect(watched.map(({ closed }) => closed)).to.deep.equal([true, false]);
  });
});

describe('staff: work', () => {
  const time = useVirtualTime();
  /** Calls by name, and what each answers. */
  function office(answers: Record<string, (input: { id: string }) => Ticket | undefined>) {
    const { live, at, lists } = world();
    const sent: string[] = [];
    const http = new Proxy({} as Client['http'], {
      get: (_, name: string) => async (input: { id: string }) => {
        const { id, ...rest } = input;
        sent.push(`${name} ${id} ${JSON.stringify(rest)}`);
        return answers[name]?.(input);
      },
    });
    const undo = createUndo(() => undefined);
    const own = { get: () => counter('1') } as OwnCounter;
    return { work: createWork({ http }, live, own, undo), undo, sent, at, lists };
  }

  it('offers to undo a finish for ten seconds', async () => {
    const done = called(1, { state: 'done', version: 4 });
    const { work, undo, at } = office({ completeTicket: () => done });
    at('1').snapshot({ seq: 1, tickets: [called(1, { state: 'processing', version: 3 })] });
    await work.act('complete', called(1, { state: 'processing', version: 3 }));
    expect(undo.current()?.ticket).to.equal(done);
    await time.pass(UNDO_MS - 1);
    expect(undo.current()).to.not.equal(null);
    await time.pass(1);
    expect(undo.current()).to.equal(null);
  });

  it('brings a completed ticket back to the counter, and starts it again', async () => {
    const { work, undo, sent } = office({
      completeTicket: () => called(1, { state: 'done', version: 4 }),
      reopenTicket: () => ticket(1, { version: 5, position: 0 }),
      callTicket: () => called(1, { version: 6 }),
      startTicket: () => called(1, { state: 'processing', version: 7 }),
    });
    await work.act('complete', called(1, { state: 'processing', version: 3 }));
    const last = undo.current();
    if (last) await work.undo(last);
    expect(sent.slice(1)).to.deep.equal([
      'reopenTicket 1 {"version":4,"place":"first"}',
      'callTicket 1 {"version":5,"counterId":"1"}',
      'startTicket 1 {"version":6}',
    ]);
    expect(undo.current()).to.equal(null);
  });

  it('brings a cancelled ticket back to its place, and calls nobody', async () => {
    const { work, undo, sent, at, lists } = office({
      cancelTicket: () => ticket(2, { state: 'cancelled', version: 2 }),
      reopenTicket: () => ticket(2, { version: 3, position: 1 }),
    });
    at('1').snapshot({ seq: 1, tickets: [ticket(1), ticket(2), ticket(3)] });
    await work.act('cancel', ticket(2), { reason: 'went home' });
    expect(lists()).to.equal('1 3 |  | ');
    const last = undo.current();
    if (last) await work.undo(last);
    expect(sent).to.deep.equal([
      'cancelTicket 2 {"version":1,"reason":"went home"}',
      'reopenTicket 2 {"version":2,"place":{"after":1}}',
    ]);
    expect(lists()).to.equal('1 2 3 |  | ');
  });

  it('shows the ticket as it is when somebody else was faster', async () => {
    const present = called(1, { counterId: '7', counterName: 'Desk 7' });
    const { work, at, lists, undo } = office({
      callTicket: () => {
        throw fails('ticket.stale_version', { ticket: present });
      },
    });
    at('1').snapshot({ seq: 1, tickets: [ticket(1)] });
    const attempts = createAttempts(() => undefined);
    expect(await attempts.run(() => work.act('call', ticket(1)))).to.equal(false);
    expect(attempts.error()).to.equal(
      'A001 has changed: called at Desk 7. Look at it and try again.',
    );
    expect(lists()).to.equal(' | 1 | ');
    expect(undo.current()).to.equal(null);
  });

  it('does one thing at a time', async () => {
    const attempts = createAttempts(() => undefined);
    let finish: () => void = () => undefined;
    const first = attempts.run(
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    );
    expect(await attempts.run(async () => undefined)).to.equal(false);
    finish();
    expect(await first).to.equal(true);
    expect(await attempts.run(async () => undefined)).to.equal(true);
  });
});
