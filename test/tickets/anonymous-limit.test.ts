import { expect } from 'chai';
import { useServices } from '../support/services.ts';
import { openOffice } from './office.ts';

describe('tickets: without an account', () => {
  const t = useServices();

  it('one address takes a few in a minute, and staff take any number', async () => {
    const rates = { guest: { points: 2, seconds: 60 } };
    const office = await openOffice(t, { rates, env: { RATE_LIMITS: 'on' } });
    const queue = await office.queue();
    await office.take(queue.id);
    await office.take(queue.id);
    const third = await office.ask('POST', `/v1/queues/${queue.id}/tickets`, { body: {} });
    expect([third.status, third.json.code]).to.deep.equal([429, 'rate.limited']);
    await office.take(queue.id, {}, { token: office.staff });
    expect(await office.waiting(queue.id)).to.have.length(3);
  });
});
