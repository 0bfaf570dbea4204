import { expect } from 'chai';
import type { EtaState } from '../../../db/tickets/queues/eta.ts';
import { useServices } from '../../support/services.ts';
import { type Office, openOffice } from '../office.ts';

const KNOWN: EtaState = { n: 10, mean: 100, variance: 400, at: Date.now() };

describe('tickets: what a queue learns from its promises', () => {
  const t = useServices();
  let office: Office;
  before(async () => {
    office = await openOffice(t);
  });
  after(() => office.domain.drain?.());

  /** A queue that can promise a wait, with one busy counter. */
  async function busyQueue() {
    const queue = await office.queue({ awayMaxSeconds: 600 });
    await t
      .db('queues')
      .where({ id: queue.id })
      .update({ eta: JSON.stringify(KNOWN) });
    const counter = await office.counter([queue.id]);
    await office.take(queue.id);
    await office.callNext(counter.id, { start: true });
    return { queue, counter };
  }
  const factors = async (id: string) => {
    const { f50, f90 } = (await t.db('queues').where({ id }).first('eta')).eta as EtaState;
    return { f50, f90 };
  };
  const finish = async (id: string) => {
    const serving = await t.db('tickets').where({ queue_id: id, state: 'processing' });
    for (const ticket of serving) await office.done('complete', ticket);
  };

  it('compares a promise with the first call, and with no later one', async () => {
    const { queue, counter } = await busyQueue();
    await office.take(queue.id);
    await finish(queue.id);
    const called = (await office.callNext(counter.id)).json;
    const learned = await factors(queue.id);
    expect(learned.f90).to.be.a('number');
    await office.done('return', called, { place: 'first' });
    await office.callNext(counter.id);
    expect(await factors(queue.id)).to.deep.equal(learned);
  });

  for (const [name, body] of [
    ['postpone', { after: 1 }],
    ['away', { seconds: 60 }],
  ] as const)
    it(`learns nothing from a wait that its person changed: ${name}`, async () => {
      const { queue, counter } = await busyQueue();
      const taken = await office.take(queue.id);
      await office.take(queue.id);
      const changed = await office.done(name, taken, body);
      await finish(queue.id);
      await office.done('call', changed, { counterId: counter.id });
      expect(await factors(queue.id)).to.deep.equal({ f50: undefined, f90: undefined });
    });

  it('learns nothing from what another queue promised', async () => {
    const { queue } = await busyQueue();
    const other = await office.queue();
    const counter = await office.counter([other.id]);
    const taken = await office.take(queue.id);
    await office.done('transfer', taken, { queueId: other.id });
    await office.callNext(counter.id);
    expect(await factors(other.id)).to.deep.equal({ f50: undefined, f90: undefined });
  });
});
