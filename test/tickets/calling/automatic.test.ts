import { expect } from 'chai';
import type { Ticket } from '../../../contract/tickets.ts';
import { dispatch } from '../../../workers/tickets/dispatch.ts';
import { dispatchSweep, ticketLeases } from '../../../workers/tickets/sweeps.ts';
import { recordedContext } from '../../matchmaking/fixtures.ts';
import { useServices } from '../../support/services.ts';
import { type Office, openOffice, type Taken } from '../office.ts';

describe('tickets: automatic queues', () => {
  const t = useServices();
  let office: Office;
  before(async () => {
    office = await openOffice(t);
  });
  const context = () => recordedContext(t, t.config());
  const run = (queueId: string) => dispatch({ queueId }, context().context);
  const fill = async (count: number, settings: object) => {
    const queue = await office.queue({ mode: 'auto', ...settings });
    const taken: Taken[] = [];
    for (let n = 0; n < count; n += 1) taken.push(await office.take(queue.id));
    return { queue, taken };
  };
  const inState = async (queueId: string, state: string): Promise<Ticket[]> =>
    (
      await office.ask('GET', `/v1/queues/${queueId}/tickets?state=${state}`, {
        token: office.staff,
      })
    ).json.items;
  const codes = (tickets: Pick<Ticket, 'code'>[]) => tickets.map(({ code }) => code);

  it('call to every open counter without a ticket, in order', async () => {
    const { queue, taken } = await fill(4, {});
    const counters = [await office.counter([queue.id]), await office.counter([queue.id])];
    await office.counter([queue.id], { state: 'paused' });
    await run(queue.id);
    const called = await inState(queue.id, 'called');
    expect(codes(called)).to.deep.equal(codes(taken.slice(0, 2)));
    expect(called.map(({ counterId }) => counterId)).to.have.members(counters.map(({ id }) => id));
    await run(queue.id);
    expect(await inState(queue.id, 'called'), 'each one ticket').to.have.length(2);
    const started = await office.done('start', called[0] as Ticket);
    await office.done('complete', started);
    await Promise.all([run(queue.id), run(queue.id)]);
    expect(codes(await inState(queue.id, 'called'))).to.have.members(codes(taken.slice(1, 3)));
  });

  it('reserve for workers when no counter serves them, up to the capacity', async () => {
    const { queue, taken } = await fill(5, { autoCapacity: 2, leaseSeconds: 30 });
    await Promise.all([run(queue.id), run(queue.id), run(queue.id)]);
    const reserved = await inState(queue.id, 'processing');
    expect(codes(reserved)).to.deep.equal(codes(taken.slice(0, 2)));
    for (const ticket of reserved)
      expect(ticket).to.include({ counterId: null, counterName: null, version: 2, calls: 0 });
    const { json } = await office.ask('GET', `/v1/queues/${queue.id}/events?afterSeq=5`, {
      token: office.staff,
    });
    expect(json.items.map(({ type }: { type: string }) => type)).to.deep.equal([
      ...['ticket.reserved', 'ticket.reserved'],
    ]);
    await office.done('complete', reserved[0] as Ticket);
    await run(queue.id);
    expect(await inState(queue.id, 'processing')).to.have.length(2);
  });

  it('reserve nothing while a counter is paused: it is a counter', async () => {
    const { queue } = await fill(2, { autoCapacity: 5 });
    const counter = await office.counter([queue.id], { state: 'paused' });
    await run(queue.id);
    expect(await office.waiting(queue.id)).to.have.length(2);
    const body = { version: 1, state: 'open' };
    await office.ask('PATCH', `/v1/counters/${counter.id}`, { token: office.staff, body });
    await run(queue.id);
    expect(await inState(queue.id, 'called')).to.have.length(1);
  });

  it('take back what a worker has forgotten, and keep what it reports on', async () => {
    const { queue, taken } = await fill(2, { autoCapacity: 2, leaseSeconds: 30 });
    await ticketLeases({}, context().context);
    await run(queue.id);
    const [lost, alive] = (await inState(queue.id, 'processing')) as [Ticket, Ticket];
    await t.db.raw(
      `update tickets set lease_until = now() + interval '1 second' where queue_id = ?`,
      [queue.id],
    );
    const reported = await office.done('progress', alive, { percent: 50 });
    expect(reported.version).to.equal(alive.version + 1);
    const { lease_until: lease } = await t.db('tickets').where({ id: alive.id }).first();
    expect(lease.getTime()).to.be.above(Date.now() + 20_000);
    await t.db.raw(`update tickets set lease_until = now() - interval '1 minute' where id = ?`, [
      lost.id,
    ]);
    await ticketLeases({}, context().context);
    expect(await office.read(lost.id)).to.include({ state: 'waiting', version: lost.version + 1 });
    expect(await office.read(alive.id)).to.include({ state: 'processing' });
    expect(await office.waiting(queue.id)).to.deep.equal([taken[0]?.code]);
    await run(queue.id);
    expect(await office.read(lost.id)).to.include({ state: 'processing' });
  });

  it('give a held ticket back to its worker, with a lease', async () => {
    const { queue } = await fill(1, {});
    await run(queue.id);
    const [reserved] = (await inState(queue.id, 'processing')) as [Ticket];
    const held = await office.done('hold', reserved);
    await run(queue.id);
    const resumed = await office.done('resume', held);
    expect(resumed).to.include({ state: 'processing', counterId: null });
    const { lease_until: lease } = await t.db('tickets').where({ id: reserved.id }).first();
    expect(lease.getTime()).to.be.above(Date.now());
  });

  it('are found by the sweep when their job is lost, and assign many in one pass', async () => {
    const { queue, taken } = await fill(30, { autoCapacity: 25 });
    await office.queue({ mode: 'auto' });
    const { context: sweeping, enqueued } = context();
    await dispatchSweep({}, sweeping);
    const jobs = enqueued.filter(({ name }) => name === 'tickets.dispatch');
    expect(jobs.map(({ payload }) => payload['queueId'])).to.include(queue.id);
    await run(queue.id);
    expect(codes(await inState(queue.id, 'processing'))).to.deep.equal(codes(taken.slice(0, 25)));
  });

  it('pass over appointments of later and people who are away', async () => {
    const { queue, taken } = await fill(3, { autoCapacity: 10, awayMaxSeconds: 600 });
    await office.done('away', taken[1] as Taken, { seconds: 60 });
    const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
    await office.take(queue.id, { scheduledAt }, { token: office.staff });
    await run(queue.id);
    expect(codes(await inState(queue.id, 'processing'))).to.deep.equal([
      ...[taken[0]?.code, taken[2]?.code],
    ]);
  });
});
