import { expect } from 'chai';
import { useServices } from '../../support/services.ts';
import { type Office, openOffice } from '../office.ts';

describe('tickets: estimates of automatic queues', () => {
  const t = useServices();
  let office: Office;
  before(async () => {
    office = await openOffice(t);
  });

  const learned = { n: 10, mean: 60, variance: 100, at: Date.now() };
  async function waitOf(queueId: string) {
    await t
      .db('queues')
      .where({ id: queueId })
      .update({ eta: JSON.stringify(learned) });
    await office.take(queueId);
    return (await office.ask('GET', `/v1/queues/${queueId}/board`)).json.wait;
  }

  it('count the workers of a queue that no counter serves', async () => {
    const queue = await office.queue({ mode: 'auto', autoCapacity: 2 });
    expect(await waitOf(queue.id)).to.have.keys('p50', 'p90');
  });

  it('are not given while every counter of the queue is paused', async () => {
    const queue = await office.queue({ mode: 'auto', autoCapacity: 2 });
    await office.counter([queue.id], { state: 'paused' });
    expect(await waitOf(queue.id)).to.equal(null);
  });
});
