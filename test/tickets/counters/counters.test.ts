import { expect } from 'chai';
import { useServices } from '../../support/services.ts';
import { type Office, openOffice } from '../office.ts';

describe('tickets: counters', () => {
  const t = useServices();
  let office: Office;
  before(async () => {
    office = await openOffice(t);
  });
  const change = (id: string, body: object) =>
    office.ask('PATCH', `/v1/counters/${id}`, { token: office.staff, body });
  const read = async (id: string) => {
    const { json } = await office.ask('GET', '/v1/counters?limit=100', { token: office.staff });
    return json.items.find((one: { id: string }) => one.id === id);
  };
  const beat = (id: string) =>
    office.ask('POST', `/v1/counters/${id}/heartbeat`, { token: office.staff, body: {} });
  const seconds = (leaseUntil: string | null) => (Date.parse(leaseUntil ?? '') - Date.now()) / 1000;

  it('open with a lease, pause with a reason, and close', async () => {
    const queue = await office.queue({ leaseSeconds: 30 });
    const slow = await office.queue({ leaseSeconds: 300 });
    const counter = await office.counter([slow.id, queue.id], { state: 'closed' });
    expect(counter).to.deep.include({
      state: 'closed',
      leaseUntil: null,
      version: 1,
      ticketId: null,
    });
    expect((await beat(counter.id)).json).to.include({ status: 409, code: 'counter.not_open' });
    expect((await office.callNext(counter.id)).json.code).to.equal('counter.not_open');
    const opened = (await change(counter.id, { version: 1, state: 'open' })).json;
    expect(opened).to.include({ state: 'open', version: 2 });
    expect(seconds(opened.leaseUntil), 'the smallest of its queues').to.be.within(20, 31);
    expect(opened.stateSince > counter.stateSince).to.equal(true);
    const pause = { version: 2, state: 'paused', pauseReason: 'lunch' };
    const paused = (await change(counter.id, pause)).json;
    expect(paused).to.include({
      state: 'paused',
      pauseReason: 'lunch',
      leaseUntil: null,
      version: 3,
    });
    const stale = await change(counter.id, { version: 2, name: 'Late' });
    expect(stale.json).to.include({ status: 409, code: 'counter.stale_version' });
    const named = (await change(counter.id, { version: 3, name: 'Desk 9' })).json;
    expect(named).to.include({
      name: 'Desk 9',
      pauseReason: 'lunch',
      stateSince: paused.stateSince,
    });
    const again = (await change(counter.id, { version: 4, state: 'open' })).json;
    expect(again).to.include({ state: 'open', pauseReason: null });
    const states = await t.db('counter_states').where({ counter_id: counter.id }).orderBy('at');
    expect(states.map(({ state }) => state)).to.deep.equal(['closed', 'open', 'paused', 'open']);
  });

  it('renew their lease by heartbeats and verbs, without a new version', async () => {
    const queue = await office.queue({ leaseSeconds: 60 });
    const counter = await office.counter([queue.id]);
    await office.take(queue.id);
    const age = () =>
      t.db.raw(`update counters set lease_until = now() + interval '5 seconds' where id = ?`, [
        counter.id,
      ]);
    await age();
    expect(seconds((await beat(counter.id)).json.leaseUntil)).to.be.above(50);
    await age();
    const called = (await office.callNext(counter.id)).json;
    expect(seconds((await read(counter.id)).leaseUntil), 'call-next').to.be.above(50);
    await age();
    const started = await office.done('start', called);
    expect(seconds((await read(counter.id)).leaseUntil), 'start').to.be.above(50);
    await age();
    await office.done('complete', started);
    expect(seconds((await read(counter.id)).leaseUntil), 'complete').to.be.above(50);
    await age();
    expect((await office.callNext(counter.id)).status).to.equal(204);
    expect(seconds((await read(counter.id)).leaseUntil), 'nobody waits').to.be.above(50);
    expect((await read(counter.id)).version).to.equal(1);
  });

  it('call from several queues in one order, or from the one that is named', async () => {
    const [one, two, none] = [await office.queue(), await office.queue(), await office.queue()];
    const counter = await office.counter([one.id, two.id]);
    const taken = [];
    for (const id of [two.id, one.id, one.id, two.id]) taken.push(await office.take(id));
    const calls = [];
    for (const queueId of [undefined, two.id, undefined, two.id]) {
      const reply = await office.callNext(counter.id, {
        start: true,
        ...(queueId ? { queueId } : {}),
      });
      calls.push(reply.status === 204 ? null : reply.json.code);
      if (reply.status === 200) await office.done('complete', reply.json);
    }
    expect(calls).to.deep.equal([taken[0]?.code, taken[3]?.code, taken[1]?.code, null]);
    const other = await office.callNext(counter.id, { queueId: none.id });
    expect(other.json).to.include({ status: 404, code: 'queue.not_found' });
  });

  it('have one ticket at a time, and none while it is held', async () => {
    const queue = await office.queue();
    const counter = await office.counter([queue.id]);
    const [first, second, third] = [1, 2, 3].map(() => office.take(queue.id));
    await Promise.all([first, second, third]);
    const called = (await office.callNext(counter.id)).json;
    expect((await read(counter.id)).ticketId).to.equal(called.id);
    const busy = { status: 409, code: 'counter.busy' };
    expect((await office.callNext(counter.id)).json).to.include(busy);
    const others = (await office.waiting(queue.id)).length;
    expect(others).to.equal(2);
    const { items } = (
      await office.ask('GET', `/v1/queues/${queue.id}/tickets`, { token: office.staff })
    ).json;
    const next = items.find(({ state }: { state: string }) => state === 'waiting');
    const direct = await office.verb('call', next, { counterId: counter.id });
    expect(direct.json).to.include(busy);
    const held = await office.done('hold', await office.done('start', called));
    expect(held).to.include({ state: 'held', counterId: counter.id });
    expect((await read(counter.id)).ticketId).to.equal(null);
    const more = (await office.callNext(counter.id)).json;
    expect((await office.verb('resume', held)).json).to.include(busy);
    const desk = await office.counter([queue.id], { state: 'paused' });
    const elsewhere = { counterId: desk.id };
    expect((await office.verb('resume', held, elsewhere)).json.code).to.equal('counter.not_open');
    await change(desk.id, { version: 1, state: 'open' });
    const resumed = await office.done('resume', held, elsewhere);
    expect(resumed).to.include({ state: 'processing', counterId: desk.id, counterName: 'Desk' });
    await office.done('complete', resumed);
    await office.done('complete', await office.done('start', more));
  });

  it('serve other queues from the moment that they are named', async () => {
    const [one, two] = [await office.queue({ leaseSeconds: 300 }), await office.queue()];
    const counter = await office.counter([one.id]);
    await office.take(one.id);
    const there = await office.take(two.id);
    const changed = await change(counter.id, { version: 1, queueIds: [two.id, two.id] });
    expect(changed.json.queueIds).to.deep.equal([two.id]);
    expect(seconds(changed.json.leaseUntil), 'by the lease of that queue').to.be.below(61);
    expect((await office.callNext(counter.id)).json.id).to.equal(there.id);
    const unknown = await change(counter.id, { version: 2, queueIds: [one.id, '999999'] });
    expect(unknown.json).to.include({ status: 400 });
    expect((await read(counter.id)).queueIds).to.deep.equal([two.id]);
    // A new lease of a queue reaches its counters.
    const patch = { token: office.staff, body: { version: 1, leaseSeconds: 5 } };
    expect((await office.ask('PATCH', `/v1/queues/${two.id}`, patch)).status).to.equal(200);
    expect(seconds((await beat(counter.id)).json.leaseUntil)).to.be.below(5.1);
  });

  it('change queues by version, with one slug each', async () => {
    const [one, two] = [await office.queue(), await office.queue()];
    const patch = (body: object) =>
      office.ask('PATCH', `/v1/queues/${one.id}`, { token: office.staff, body });
    const taken = await patch({ version: 1, slug: two.slug });
    expect(taken.json).to.include({ status: 409, code: 'queue.slug_taken' });
    const body = { slug: two.slug, name: 'Again' };
    const twice = await office.ask('POST', '/v1/queues', { token: office.staff, body });
    expect(twice.json).to.include({ status: 409, code: 'queue.slug_taken' });
    const noShow = { maxCalls: 5, requeueAfter: 2 };
    const changed = (await patch({ version: 1, name: 'New', noShow, hours: null })).json;
    expect(changed).to.deep.equal({ ...one, name: 'New', noShow, version: 2 });
    expect((await patch({ version: 1, name: 'Old' })).json.code).to.equal('queue.stale_version');
    const got = await office.ask('GET', `/v1/queues/${one.id}`, { token: office.staff });
    expect(got.json).to.deep.equal(changed);
  });
});
