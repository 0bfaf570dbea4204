import { expect } from 'chai';
import { useServices } from '../support/services.ts';
import { type Office, openOffice } from './office.ts';

describe('tickets: a first day', () => {
  const t = useServices();
  let office: Office;
  before(async () => {
    office = await openOffice(t);
  });

  it('takes, calls, serves and completes in order', async () => {
    const queue = await office.queue();
    const counter = await office.counter([queue.id]);
    const first = await office.take(queue.id, { customerName: 'Ada' });
    const second = await office.take(queue.id);
    expect([first.code, first.position, second.code, second.position]).to.deep.equal([
      'A001',
      0,
      'A002',
      1,
    ]);
    expect(first.claimToken).to.be.a('string');
    const called = (await office.callNext(counter.id)).json;
    expect(called).to.include({
      id: first.id,
      state: 'called',
      counterId: counter.id,
      version: 2,
      calls: 1,
    });
    expect((await office.callNext(counter.id)).json).to.include({ code: 'counter.busy' });
    const started = await office.done('start', called);
    const completed = await office.done('complete', started, { note: 'fine' });
    expect(completed).to.include({ state: 'done', version: 4 });
    const next = (await office.callNext(counter.id, { start: true })).json;
    expect(next).to.include({ id: second.id, state: 'processing', version: 3 });
    await office.done('complete', next);
    expect((await office.callNext(counter.id)).status).to.equal(204);
    const log = await office.ask('GET', `/v1/queues/${queue.id}/events`, { token: office.staff });
    expect(
      log.json.items.map(({ seq, type }: { seq: number; type: string }) => `${seq} ${type}`),
    ).to.deep.equal([
      '1 ticket.created',
      '2 ticket.created',
      '3 ticket.called',
      '4 ticket.started',
      '5 ticket.completed',
      '6 ticket.called',
      '7 ticket.started',
      '8 ticket.completed',
    ]);
    expect(log.text).not.to.contain('Ada');
    const board = await office.ask('GET', `/v1/queues/${queue.id}/board`);
    expect(board.json).to.deep.include({ seq: 8, waiting: 0, serving: [] });
    expect(board.json.lastCalled.map(({ code }: { code: string }) => code)).to.deep.equal([
      'A002',
      'A001',
    ]);
  });

  it('moves tickets to the place that is named', async () => {
    const queue = await office.queue({
      noShow: { maxCalls: 2, requeueAfter: 1 },
      awayMaxSeconds: 600,
    });
    const other = await office.queue();
    const counter = await office.counter([queue.id, other.id]);
    const taken = [];
    for (let n = 0; n < 5; n += 1) taken.push(await office.take(queue.id));
    const codes = taken.map(({ code }) => code);
    const [a, b, c, d, e] = codes as [string, string, string, string, string];
    expect(await office.waiting(queue.id)).to.deep.equal(codes);
    let called = (await office.callNext(counter.id)).json;
    let moved = await office.done('return', called, { place: { after: 2 } });
    expect(moved.position).to.equal(2);
    expect(await office.waiting(queue.id)).to.deep.equal([b, c, a, d, e]);
    moved = await office.done('postpone', { id: taken[1]?.id ?? '', version: 1 }, { after: 2 });
    expect(moved.position).to.equal(2);
    expect(await office.waiting(queue.id)).to.deep.equal([c, a, b, d, e]);
    called = (await office.callNext(counter.id)).json;
    called = await office.done('recall', called);
    expect(called).to.include({ calls: 2, state: 'called' });
    called = await office.done('recall', called);
    expect(called).to.include({ state: 'waiting', position: 1 });
    expect(await office.waiting(queue.id)).to.deep.equal([a, c, b, d, e]);
    const priority = await office.take(queue.id, { priority: 2 }, { token: office.staff });
    expect(priority.position).to.equal(0);
    expect((await office.waiting(queue.id))[0]).to.equal(priority.code);
    const away = await office.done('away', priority, { seconds: 300 });
    called = (await office.callNext(counter.id)).json;
    expect(called.code).to.equal(a);
    await office.done('return', called, { place: 'first' });
    const back = await office.done('back', away);
    expect(back.awayUntil).to.equal(null);
    moved = await office.done('transfer', back, { queueId: other.id });
    expect(moved).to.include({
      queueId: other.id,
      code: priority.code,
      state: 'waiting',
      position: 0,
    });
    const cancelled = await office.done('cancel', moved, { reason: 'no time' });
    expect(cancelled.state).to.equal('cancelled');
    const reopened = await office.done('reopen', cancelled, { place: 'last' });
    expect(reopened).to.include({ state: 'waiting', position: 0 });
    const stale = await office.verb('cancel', moved);
    expect([stale.status, stale.json.code, stale.json.details.ticket.version]).to.deep.equal([
      409,
      'ticket.stale_version',
      reopened.version,
    ]);
  });
});
