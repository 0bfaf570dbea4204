import { expect } from 'chai';
import type { Queue, Ticket } from '../../../contract/tickets.ts';
import { useServices } from '../../support/services.ts';
import { type Office, openOffice, type Taken } from '../office.ts';

describe('tickets: places that are named', () => {
  const t = useServices();
  let office: Office;
  before(async () => {
    office = await openOffice(t);
  });
  const fill = async (count: number, settings: object = {}) => {
    const queue = await office.queue({ ...settings });
    const taken: Taken[] = [];
    for (let n = 0; n < count; n += 1) taken.push(await office.take(queue.id));
    return { queue, taken, codes: taken.map(({ code }) => code) };
  };
  const call = async (queue: Queue, ticket: { id: string; version: number }) =>
    office.done('call', ticket, { counterId: (await office.counter([queue.id])).id });
  /** The position of the answer is the place in the list. */
  async function placed(queue: Queue, ticket: Ticket, at: number) {
    expect(ticket.position).to.equal(at);
    expect((await office.waiting(queue.id))[at]).to.equal(ticket.code);
    expect((await office.read(ticket.id)).position).to.equal(at);
  }

  for (const [place, at] of [
    ['first', 0],
    ['last', 4],
    [{ after: 0 }, 0],
    [{ after: 1 }, 1],
    [{ after: 3 }, 3],
    [{ after: 4 }, 4],
    [{ after: 1_000 }, 4],
  ] as const)
    it(`return puts back to ${JSON.stringify(place)}`, async () => {
      const { queue, taken } = await fill(5);
      const called = await call(queue, taken[2] as Taken);
      await placed(queue, await office.done('return', called, { place }), at);
    });

  it('return puts into an empty queue, and behind no appointment of later', async () => {
    const { queue, taken } = await fill(1);
    const called = await call(queue, taken[0] as Taken);
    await placed(queue, await office.done('return', called, { place: { after: 5 } }), 0);
    const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
    const body = { scheduledAt };
    await office.take(queue.id, body, { token: office.staff });
    const again = await call(queue, { ...called, version: 3 });
    await placed(queue, await office.done('return', again, { place: 'last' }), 0);
  });

  it('return stays exact however often it is repeated', async () => {
    const { queue, taken } = await fill(4);
    let ticket: Ticket = taken[3] as Taken;
    const { id: counterId } = await office.counter([queue.id]);
    for (let n = 0; n < 30; n += 1) {
      ticket = await office.done('call', ticket, { counterId });
      ticket = await office.done('return', ticket, { place: { after: 1 } });
      expect(ticket.position, `time ${n}`).to.equal(1);
      const [, second] = await office.waiting(queue.id);
      expect(second, `time ${n}`).to.equal(ticket.code);
    }
  });

  it('postpone counts from the own place, to the end at most', async () => {
    const { queue, taken } = await fill(5);
    const second = taken[1] as Taken;
    const moved = await office.done('postpone', second, { after: 2 });
    await placed(queue, moved, 3);
    await placed(queue, await office.done('postpone', moved, { after: 100 }), 4);
    const last = await office.read(second.id);
    const stays = await office.done('postpone', last, { after: 3 });
    await placed(queue, stays, 4);
  });

  it('reopen keeps code and arrival, and gets a new code when its own is alive', async () => {
    const { queue, taken } = await fill(2);
    const [first, second] = taken as [Taken, Taken];
    const gone = await office.done('cancel', first);
    const back = await office.done('reopen', gone, { place: 'first' });
    expect(back).to.include({ code: first.code, createdAt: first.createdAt, finishedAt: null });
    await placed(queue, back, 0);
    const ended = await office.done('cancel', back);
    // The day of the numbers begins again, and somebody gets the code.
    await t.db('queues').where({ id: queue.id }).update({ number_day: '2020-01-01' });
    expect((await office.take(queue.id)).code).to.equal(first.code);
    const other = await office.done('reopen', ended, { place: { after: 1 } });
    expect(other.code).to.equal(`${queue.prefix}003`);
    await placed(queue, other, 1);
    expect((await office.read(second.id)).code).to.equal(second.code);
  });

  it('transfer keeps code and arrival, counts in both queues, and gets a new code when taken', async () => {
    const [from, to] = [await fill(2, { prefix: 'X' }), await fill(1, { prefix: 'X' })];
    const moved = await office.done('transfer', from.taken[0] as Taken, { queueId: to.queue.id });
    expect(moved).to.include({ code: 'X002', queueId: to.queue.id, queueName: to.queue.name });
    expect(moved.createdAt).to.equal(from.taken[0]?.createdAt);
    await placed(to.queue, moved, 0);
    const kept = await office.done('transfer', from.taken[1] as Taken, {
      ...{ queueId: to.queue.id, priority: 2 },
    });
    expect(kept.code, 'X002 lives there too').to.equal('X003');
    expect(kept.priority).to.equal(2);
    expect(await office.waiting(from.queue.id)).to.deep.equal([]);
    const rows = await t.db('queues').whereIn('id', [from.queue.id, to.queue.id]).orderBy('id');
    expect(rows.map(({ waiting }) => waiting)).to.deep.equal([0, 3]);
    expect(rows.map(({ event_seq: seq }) => Number(seq))).to.deep.equal([4, 3]);
    const { json } = await office.ask('GET', `/v1/tickets/${moved.id}/history`, {
      token: office.staff,
    });
    expect(json.items.map(({ queueId }: { queueId: string }) => queueId)).to.deep.equal([
      from.queue.id,
      to.queue.id,
    ]);
  });

  it('transfer frees the counter, and refuses its own queue and that of nobody', async () => {
    const { queue, taken } = await fill(2);
    const other = await office.queue();
    const counter = await office.counter([queue.id]);
    const called = await office.done('call', taken[0] as Taken, { counterId: counter.id });
    const own = await office.verb('transfer', called, { queueId: queue.id });
    expect(own.json).to.include({ status: 400, code: 'request.invalid' });
    const moved = await office.done('transfer', called, { queueId: other.id });
    expect(moved).to.include({ counterId: null, calls: 0, calledAt: null });
    expect((await office.callNext(counter.id)).json.id).to.equal(taken[1]?.id);
  });

  it('transfer and reopen refuse a second active ticket of one person', async () => {
    const { ask } = office;
    const [one, two] = [await office.queue(), await office.queue()];
    const token = 'user.018f3c4e-0000-7000-8000-0000000000aa';
    const first = await office.take(one.id, {}, { token });
    await office.take(two.id, {}, { token });
    const moved = await office.verb('transfer', first, { queueId: two.id });
    expect(moved.json).to.include({ status: 409, code: 'ticket.already_waiting' });
    const gone = await office.done('cancel', first);
    await office.take(one.id, {}, { token });
    const back = await office.verb('reopen', gone, { place: 'last' });
    expect(back.json).to.include({ status: 409, code: 'ticket.already_waiting' });
    expect((await ask('GET', `/v1/tickets/${gone.id}`, { token })).json.version).to.equal(2);
  });

  it('no-show ends, or puts back once, and a recall beyond the last call is one', async () => {
    const ends = await fill(1, { noShow: { maxCalls: 2, requeueAfter: null } });
    let ticket = await call(ends.queue, ends.taken[0] as Taken);
    ticket = await office.done('recall', ticket);
    expect(ticket).to.include({ state: 'called', calls: 2 });
    ticket = await office.done('recall', ticket);
    expect(ticket).to.include({ state: 'no_show', calls: 2, position: null });

    const { queue, taken } = await fill(3, { noShow: { maxCalls: 1, requeueAfter: 1 } });
    const board = async () =>
      (await office.ask('GET', `/v1/queues/${queue.id}/board`)).json.lastCalled.map(
        ({ code }: { code: string }) => code,
      );
    ticket = await call(queue, taken[0] as Taken);
    expect(await board()).to.deep.equal([ticket.code]);
    ticket = await office.done('recall', ticket);
    expect(ticket).to.include({ state: 'waiting', calls: 0, counterId: null });
    await placed(queue, ticket, 1);
    expect(await board(), 'somebody who waits has not been called').to.deep.equal([]);
    ticket = await call(queue, ticket);
    ticket = await office.done('no-show', ticket);
    expect(ticket.state).to.equal('no_show');
    // From the waiting list, too.
    const waiting = await office.done('no-show', taken[1] as Taken);
    await placed(queue, waiting, 1);
    expect((await office.done('no-show', waiting)).state).to.equal('no_show');
  });

  for (const [name, verb, body] of [
    ['no-show', 'no-show', {}],
    ['return', 'return', { place: { after: 3 } }],
    ['return to the first place', 'return', { place: 'first' }],
    ['postpone', 'postpone', { after: 3 }],
  ] as const)
    it(`${name} puts nobody behind the appointments of later, and so behind all who come`, async () => {
      const { queue, taken } = await fill(1, { noShow: { maxCalls: 3, requeueAfter: 3 } });
      const scheduledAt = new Date(Date.now() + 86_400_000).toISOString();
      await office.take(queue.id, { scheduledAt }, { token: office.staff });
      const own = taken[0] as Taken;
      const moved = await office.done(
        verb,
        verb === 'postpone' ? own : await call(queue, own),
        body,
      );
      await placed(queue, moved, 0);
      await office.take(queue.id);
      await placed(queue, moved, 0);
    });
});
