import { expect } from 'chai';
import { useServices } from '../../support/services.ts';
import { openOffice } from '../office.ts';

describe('tickets: a postponement with nobody behind', () => {
  const t = useServices();

  it('changes nothing and writes nothing, however often it is asked for', async () => {
    const office = await openOffice(t);
    const queue = await office.queue();
    const taken = await office.take(queue.id);
    for (let n = 0; n < 3; n += 1) {
      const same = await office.done('postpone', taken, { after: 1 });
      expect(same).to.include({ version: 1, position: 0, state: 'waiting' });
    }
    const log = await office.ask('GET', `/v1/queues/${queue.id}/events`, { token: office.staff });
    expect(log.json.headSeq).to.equal(1);
  });
});
