import { expect } from 'chai';
import { bounds } from '../../../config.ts';
import { useServices } from '../../support/services.ts';
import { waitFor } from '../../support/wait-for.ts';
import { openOffice } from '../office.ts';

describe('a report that takes long', () => {
  const t = useServices();

  it('delays no call, also none of the person who asked for it; too many are refused', async () => {
    const office = await openOffice(t);
    const queue = await office.queue();
    const counter = await office.counter([queue.id]);
    const report = () =>
      office.ask('GET', `/v1/queues/${queue.id}/analytics`, { token: office.staff });
    // Only reports read this table. They stay in their statement until the lock is given back.
    const lock = await t.db.transaction();
    await lock.raw('lock table counter_states in access exclusive mode');
    let ended = 0;
    const asked = Array.from({ length: bounds.reports }, async () => {
      const reply = await report();
      ended += 1;
      return reply.status;
    });
    await waitFor(async () => {
      const { rows } = await t.db.raw(
        "select count(*)::int as n from pg_locks where relation = 'counter_states'::regclass and not granted",
      );
      return rows[0].n === bounds.reportConnections;
    });
    const refused = await report();
    expect([refused.status, refused.json.code]).to.deep.equal([503, 'service.unavailable']);
    expect(refused.headers.get('retry-after')).to.equal('5');
    const { id } = await office.take(queue.id);
    const called = (await office.callNext(counter.id, { start: true })).json;
    expect(called.id).to.equal(id);
    await office.done('complete', called);
    expect(ended).to.equal(0);
    await lock.rollback();
    expect(await Promise.all(asked)).to.deep.equal(Array(bounds.reports).fill(200));
    expect((await report()).json.totals.served).to.equal(1);
    await office.domain.drain?.();
  });
});
